"""People: names, addresses, numbers to reach them, documents they carry, devices they use."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from corpora.accuracy.checks import luhn, mrz
from corpora.accuracy.draw import LOWERNUM, UPPERNUM, Draw
from corpora.accuracy.values.value import record

_FIRST = (
    "Annika", "Bastian", "Céline", "Diego", "Eilidh", "Fatima", "Giulia", "Henrik", "Ingrid", "Joaquín", "Katarzyna", "Lorenzo",
    "Margaret", "Nikhil", "Oluwaseun", "Priya", "Rebecca", "Stephen", "Tomasz", "Ursula", "Valentina", "Wiebke", "Yusuf", "Zoë",
    "Michael", "Jennifer", "Christopher", "Amanda", "Matthew", "Patricia",
)  # fmt: skip
_LAST = (
    "Abernathy", "Bergström", "Castellano", "Dąbrowski", "Eriksson", "Fernandez", "Grünwald", "Hargreaves", "Iyer", "Janssen",
    "Kowalczyk", "Lindqvist", "Moreau", "Nakamura", "Okonkwo", "Petrov", "Quintero", "Rasmussen", "Schneider", "Thompson",
    "Underhill", "Vasquez", "Whitfield", "Yamamoto", "Zimmermann", "Chaudhary", "O'Connell", "Martinez", "Robinson", "McAllister",
)  # fmt: skip
_STREETS_EN = ("Maple", "Oakwood", "Victoria", "Station", "Harbour", "Church", "Kingsley", "Willow", "Chestnut", "Mill")


def first(draw: Draw) -> str:
    """A given name."""
    return draw.choice(_FIRST)


def last(draw: Draw) -> str:
    """A family name."""
    return draw.choice(_LAST)


def full(draw: Draw) -> str:
    """A given and a family name."""
    return f"{first(draw)} {last(draw)}"


def email(draw: Draw) -> str:
    """RFC 5321, as mailboxes of people look."""
    name = draw.one("{0}.{1}", "{0}{1}", "{1}.{0}", "{0}_{1}", "{0}.{1}+work").format(
        draw.lower(draw.randint(3, 8)), draw.lower(draw.randint(4, 9))
    )
    host = f"{draw.lower(draw.randint(5, 11))}.{draw.one('com', 'co.uk', 'de', 'org', 'io', 'fr', 'com.br', 'dev')}"
    return f"{name}{draw.one('', draw.digits(2))}@{host}"


_US_AREAS = ("202", "212", "303", "312", "415", "503", "617", "646", "713", "818")
_PHONES: dict[str, Callable[[Draw], str]] = {
    "US": lambda d: d.one("({0}) {1}-{2}", "{0}-{1}-{2}", "+1 {0} {1} {2}", "+1-{0}-{1}-{2}", "{0}.{1}.{2}").format(d.choice(_US_AREAS), d.number(220, 989), d.number(1000, 9999)),
    "UK": lambda d: d.one("07{0} {1}", "+44 7{0} {1}", "+447{0}{1}").format(d.one("400", "712", "823", "912"), d.digits(6)),
    "DE": lambda d: d.one("+49 {0} {1}", "0{0} {1}", "0{0}/{1}").format(d.one("30", "89", "40"), d.number(2_000_000, 9_999_999)),
    "DE mobile": lambda d: d.one("0{0} {1}", "+49{0}{1}").format(d.one("151", "160", "171", "176"), d.number(20_000_000, 59_999_999)),
    "FR": lambda d: d.one("0{0}", "+33 {0}").format(d.one("6", "7") + " " + " ".join(d.number(10, 99) for _ in range(4))),
    "ES": lambda d: d.one("+34 {0} {1} {2}", "{0} {1} {2}").format(d.number(610, 689), d.digits(3), d.digits(3)),
    "IT": lambda d: d.one("+39 {0} {1}", "{0} {1}").format(d.one("333", "347", "328"), d.number(2_000_000, 9_999_999)),
    "NL": lambda d: d.one("06-{0}", "+31 6 {0}").format(d.number(20_000_000, 49_999_999)),
    "PL": lambda d: f"+48 {d.one('501', '602', '693')} {d.digits(3)} {d.digits(3)}",
    "BR": lambda d: d.one("+55 {0} 9{1}-{2}", "({0}) 9{1}-{2}").format(d.one("11", "21", "31"), d.number(6000, 9999), d.digits(4)),
    "JP": lambda d: d.one("090-{0}-{1}", "+81 90-{0}-{1}").format(d.number(1000, 9999), d.digits(4)),
    "IN": lambda d: d.one("+91 {0} {1}", "+91-{0}{1}").format(d.number(98_200, 99_900), d.digits(5)),
    "AU": lambda d: d.one("04{0} {1} {2}", "+61 4{0} {1} {2}").format(d.one("12", "22", "35"), d.digits(3), d.digits(3)),
}  # fmt: skip


def phone(draw: Draw) -> str:
    """National numbering plans of twelve countries, as people write them."""
    return _PHONES[draw.choice(list(_PHONES))](draw)


def address(draw: Draw) -> str:
    """Addresses of ten countries, on one line (UPU S42 gives the order of parts)."""
    n, street = draw.number(1, 240), draw.choice(_STREETS_EN)
    return draw.one(
        f"{draw.number(100, 9800)} {street} {draw.one('Street', 'Ave', 'Blvd', 'Drive')}, {draw.one('Denver, CO 80203', 'Austin, TX 78701', 'Portland, OR 97205', 'Columbus, OH 43215')}",
        f"{n} {street} {draw.one('Road', 'Lane', 'Terrace')}, {draw.one('Leeds LS6 2AB', 'Bristol BS8 4QR', 'London SW11 5QN')}",
        f"{draw.one('Lindenstraße', 'Hauptstr.', 'Goethestraße', 'Am Mühlbach')} {n}, {draw.one('80331 München', '50667 Köln', '20095 Hamburg')}",
        f"{n} {draw.one('rue des Lilas', 'avenue Victor Hugo', 'boulevard Voltaire')}, {draw.one('75011 Paris', '69003 Lyon', '31000 Toulouse')}",
        f"{draw.one('Calle de Alcalá', 'Avenida de América', 'C/ Mayor')} {n}, {draw.one('28014 Madrid', '08008 Barcelona', '41001 Sevilla')}",
        f"{draw.one('Via Garibaldi', 'Corso Vittorio Emanuele', 'Viale Monza')} {n}, {draw.one('20121 Milano', '00184 Roma', '10121 Torino')}",
        f"{draw.one('Keizersgracht', 'Dorpsstraat', 'Stationsweg')} {n}, {draw.one('1015 CJ Amsterdam', '3511 LX Utrecht', '9711 KB Groningen')}",
        f"ul. {draw.one('Marszałkowska', 'Długa', 'Mickiewicza')} {n}, {draw.one('00-590 Warszawa', '31-147 Kraków')}",
        f"{draw.one('Rua Augusta', 'Avenida Paulista', 'Rua das Flores')}, {n}, {draw.one('01304-001 São Paulo', '20040-020 Rio de Janeiro')}",
        f"{n} {street} {draw.one('Street', 'Parade', 'Crescent')}, {draw.one('Fitzroy VIC 3065', 'Newtown NSW 2042', 'Fremantle WA 6160')}",
    )


def birth_date(draw: Draw) -> str:
    """Day, month and year, in the usual orders."""
    born = draw.day()
    return f"{born:{draw.one('%d.%m.%Y', '%Y-%m-%d', '%d/%m/%Y', '%m/%d/%Y', '%d %B %Y', '%B %d, %Y')}}"


def ipv4(draw: Draw) -> str:
    """A public IPv4 address."""
    while True:
        address = ipaddress.IPv4Address(draw.getrandbits(32))
        if address.is_global and not address.is_multicast:
            return str(address)


def ipv6(draw: Draw) -> str:
    """A global unicast IPv6 address (RFC 4291), compressed or in full."""
    host = ipaddress.IPv6Address((0x2A00 << 112) | (draw.getrandbits(32) << 80) | draw.getrandbits(64))
    return draw.one(host.compressed, host.exploded)


def mac(draw: Draw) -> str:
    """An EUI-48 address (IEEE 802), universally administered."""
    octets = [draw.one("00", "3c", "a4", "f0"), *(draw.hex(2) for _ in range(5))]
    return draw.one(":", "-").join(octets)


def imei(draw: Draw) -> str:
    """3GPP TS 23.003, 6.2.1: fourteen digits, Luhn."""
    digits = draw.one("35", "86", "01") + draw.digits(12)
    return digits + luhn(digits)


_VIN = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "12345678123457923456789"), strict=True))


def vin(draw: Draw) -> str:
    """ISO 3779, with the check character of 49 CFR 565.15."""
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
    text = (
        draw.one("1HG", "5YJ", "2T1", "1FT")
        + draw.of(letters, 5)
        + "0"
        + draw.of("ABCDEFGHJKLMNPR", 1)
        + draw.upper(1).translate(str.maketrans("IOQ", "ABC"))
        + draw.digits(6)
    )
    total = sum(
        (int(c) if c.isdigit() else _VIN[c]) * w
        for c, w in zip(text, (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2), strict=True)
    )
    return f"{text[:8]}{'0123456789X'[total % 11]}{text[9:]}"


def passport(draw: Draw) -> str:
    """Forms of five countries: US, UK, Germany, India, Canada."""
    german = draw.of("CFGHJK", 1) + draw.of("CFGHJKLMNPRTVWXYZ0123456789", 8)
    return draw.one(
        draw.upper(1) + draw.digits(8),
        draw.number(100_000_000, 599_999_999),
        german,
        f"{draw.of('JKLMNPRSTZ', 1)}{draw.number(1_000_000, 9_999_999)}",
        draw.upper(2) + draw.digits(6),
    )


def uk_driving_licence(draw: Draw) -> str:
    """DVLA: five letters of the surname, birth date with the decade first, initials, check characters."""
    born = draw.day()
    month = born.month + draw.choice((0, 50))
    return f"{draw.of('BCDFGHKLMNPRSTVW', 5)}{born.year // 10 % 10}{month:02d}{born:%d}{born.year % 10}{draw.upper(1)}9{draw.of('23456789', 1)}{draw.upper(2)}"


def licence(draw: Draw) -> str:
    """UK, California, New York and German licences."""
    return draw.one(
        uk_driving_licence(draw),
        draw.upper(1) + draw.digits(7),
        draw.grouped(draw.digits(9), (3, 3, 3), " "),
        draw.of("BDFHJN", 1) + draw.of(UPPERNUM, 10),
    )


def plate(draw: Draw) -> str:
    """Number plates of Germany, the United Kingdom, France, Italy, Spain and the Netherlands."""
    return draw.one(
        f"{draw.one('M', 'B', 'HH', 'KA', 'F')}-{draw.upper(2)} {draw.number(10, 9999)}",
        f"{draw.of('ABCDEFGHKLMNPRSTVWY', 2)}{draw.one('19', '21', '68', '72', '73')} {draw.of('ABCDEFGHJKLMNPRSTUVWXY', 3)}",
        f"{draw.of('ABCDEFGHJKLMNPQRSTVWXYZ', 2)}-{draw.number(101, 999)}-{draw.of('ABCDEFGHJKLMNPQRSTVWXYZ', 2)}",
        f"{draw.of('BCDFGHJKLMNPRSTVWXYZ', 1)}{draw.of('BCDFGHJKLMNPRSTVWXYZ', 1)} {draw.digits(3)} {draw.of('BCDFGHJKLMNPRSTVWXYZ', 2)}",
        f"{draw.digits(4)} {draw.of('BCDFGHJKLMNPRSTVWXYZ', 3)}",
    )


def coordinates(draw: Draw) -> str:
    """WGS 84 latitude and longitude in decimal degrees."""
    return f"{draw.uniform(36, 59):.{draw.randint(5, 6)}f}, {draw.uniform(-9, 24):.{draw.randint(5, 6)}f}"


def handle(draw: Draw) -> str:
    """A handle of a social network."""
    return "@" + draw.lower(draw.randint(5, 9)) + draw.one("", "_", ".") + draw.of(LOWERNUM, 4)


def mrz_lines(draw: Draw) -> str:
    """The machine-readable zone of a passport (ICAO Doc 9303, part 4): names, then number, dates and checks."""
    state, names = (
        draw.one("GBR", "FRA", "ESP", "IND"),
        draw.one("HARGREAVES<<MARGARET", "MOREAU<<CELINE<ANNE", "IYER<<PRIYA"),
    )
    number, born, until = draw.of(UPPERNUM, 9), f"{draw.day():%y%m%d}", f"{draw.day(2027, 2035):%y%m%d}"
    parts = f"{number}{mrz(number)}", f"{born}{mrz(born)}", f"{until}{mrz(until)}"
    composite = mrz("".join(parts) + "0" * 15)
    first_line = f"P<{state}{names}".ljust(44, "<")
    return f"{first_line}\n{parts[0]}{state}{parts[1]}{draw.one('F', 'M')}{parts[2]}{'<' * 14}0{composite}"


VALUES = (
    record("pii.email", "email, e-mail address, contact", email, named=False, de="E-Mail", fr="adresse e-mail", es="correo"),
    record("pii.phone", "phone, phone number, mobile", phone, de="Telefon", fr="téléphone", es="teléfono", it="telefono", pt="telefone", pl="telefon", nl="telefoon"),
    record("pii.person_name", "customer name, full name, patient name", full, de="Name", fr="nom", es="nombre", it="nome", pt="nome"),
    record("pii.postal_address", "address, postal address, shipping address", address, de="Anschrift", fr="adresse", es="dirección", it="indirizzo", pt="endereço", nl="adres", pl="adres"),
    record("pii.date_of_birth", "date of birth, DOB, born on", birth_date, de="Geburtsdatum", fr="date de naissance", es="fecha de nacimiento", it="data di nascita", pt="data de nascimento", nl="geboortedatum", pl="data urodzenia"),
    record("pii.ip_address", "client IP, IP address", ipv4, named=False),
    record("pii.ip_address", "IPv6 address", ipv6, named=False),
    record("pii.mac_address", "MAC address", mac, named=False),
    record("pii.imei", "IMEI", imei),
    record("pii.vin", "VIN, vehicle identification number", vin),
    record("pii.passport", "passport number, passport no", passport, de="Reisepassnummer", fr="numéro de passeport", es="número de pasaporte"),
    record("pii.driving_licence", "driving licence number, driver's license", licence, de="Führerscheinnummer"),
    record("pii.licence_plate", "license plate, number plate, registration plate", plate, de="Kennzeichen", fr="immatriculation", es="matrícula", it="targa", nl="kenteken"),
    record("pii.geo_coordinates", "coordinates, GPS position, home location", coordinates),
    record("pii.social_handle", "Twitter handle, Instagram, Telegram handle", handle),
    record("pii.mrz", "MRZ, machine-readable zone", mrz_lines, named=False, block=True),
)  # fmt: skip
