"""Numbers whose rules python-stdnum knows. It is used unmodified; each module is loaded on the first candidate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from types import ModuleType

_MODULES = {
    "ar_cuit": "ar.cuit",
    "at_tin": "at.tin",
    "at_vnr": "at.vnr",
    "au_abn": "au.abn",
    "au_acn": "au.acn",
    "au_tfn": "au.tfn",
    "az_voen": "az.voen",
    "be_nn": "be.nn",
    "be_vat": "be.vat",
    "bg_egn": "bg.egn",
    "br_cnpj": "br.cnpj",
    "br_cpf": "br.cpf",
    "by_unp": "by.unp",
    "ca_bn": "ca.bn",
    "ca_sin": "ca.sin",
    "ch_ssn": "ch.ssn",
    "ch_uid": "ch.uid",
    "cl_rut": "cl.rut",
    "cn_uscc": "cn.uscc",
    "co_nit": "co.nit",
    "cy_vat": "cy.vat",
    "cz_rc": "cz.rc",
    "de_idnr": "de.idnr",
    "de_vat": "de.vat",
    "dk_cpr": "dk.cpr",
    "dk_cvr": "dk.cvr",
    "do_cedula": "do.cedula",
    "ec_ci": "ec.ci",
    "ee_ik": "ee.ik",
    "es_cif": "es.cif",
    "es_dni": "es.dni",
    "es_nie": "es.nie",
    "fi_hetu": "fi.hetu",
    "fi_ytunnus": "fi.ytunnus",
    "fr_nif": "fr.nif",
    "fr_nir": "fr.nir",
    "fr_siren": "fr.siren",
    "fr_siret": "fr.siret",
    "fr_tva": "fr.tva",
    "gb_nhs": "gb.nhs",
    "gb_utr": "gb.utr",
    "gb_vat": "gb.vat",
    "gr_amka": "gr.amka",
    "gr_vat": "gr.vat",
    "gt_nit": "gt.nit",
    "hr_oib": "hr.oib",
    "id_npwp": "id.npwp",
    "ie_pps": "ie.pps",
    "il_idnr": "il.idnr",
    "in_aadhaar": "in_.aadhaar",
    "in_gstin": "in_.gstin",
    "is_kennitala": "is_.kennitala",
    "it_codicefiscale": "it.codicefiscale",
    "it_iva": "it.iva",
    "jp_in": "jp.in_",
    "kr_brn": "kr.brn",
    "lt_asmens": "lt.asmens",
    "md_idno": "md.idno",
    "mk_edb": "mk.edb",
    "mu_nid": "mu.nid",
    "mx_curp": "mx.curp",
    "mx_rfc": "mx.rfc",
    "my_nric": "my.nric",
    "nl_bsn": "nl.bsn",
    "no_fodselsnummer": "no.fodselsnummer",
    "no_orgnr": "no.orgnr",
    "nz_ird": "nz.ird",
    "pe_cui": "pe.cui",
    "pe_ruc": "pe.ruc",
    "pk_cnic": "pk.cnic",
    "pl_nip": "pl.nip",
    "pl_pesel": "pl.pesel",
    "pl_regon": "pl.regon",
    "pt_cc": "pt.cc",
    "pt_nif": "pt.nif",
    "py_ruc": "py.ruc",
    "ro_cf": "ro.cf",
    "ro_cnp": "ro.cnp",
    "ru_inn": "ru.inn",
    "se_orgnr": "se.orgnr",
    "se_personnummer": "se.personnummer",
    "si_ddv": "si.ddv",
    "si_emso": "si.emso",
    "sv_nit": "sv.nit",
    "th_pin": "th.pin",
    "tr_tckimlik": "tr.tckimlik",
    "tr_vkn": "tr.vkn",
    "ua_edrpou": "ua.edrpou",
    "ua_rntrc": "ua.rntrc",
    "us_ein": "us.ein",
    "us_itin": "us.itin",
    "uy_rut": "uy.rut",
    "ve_rif": "ve.rif",
    "za_idnr": "za.idnr",
}
"""Validator name → module below `stdnum`."""

_module: Callable[[str], ModuleType] = cache(import_module)


def _validator(path: str) -> Callable[[bytes, float | None], bool]:
    def valid(value: bytes, _minimum: float | None) -> bool:
        return value.isascii() and bool(_module(path).is_valid(value.decode()))

    return valid


LIBRARY: Mapping[str, Callable[[bytes, float | None], bool]] = {
    name: _validator(f"stdnum.{module}") for name, module in _MODULES.items()
}
