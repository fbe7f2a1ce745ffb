"""What tells programming languages apart: cues, which are tokens in a row.

A token is a word, a number, a string, or an operator. In a cue `x` stands for any word, `0` for any number, `""` for
any string in quotes, `^` for the start of a line and a `$` that comes last for its end; `.. t $` asks that the line
ends in the token `t`, whatever stands between. A weight says how much a cue speaks for its language: 1 is seen in
several, 2 is usual in this one, 4 is hardly seen in another. Cues that several languages share are written in each.
"""

from __future__ import annotations

from collections.abc import Mapping

Cues = Mapping[int, tuple[str, ...]]

_C_FAMILY = (
    "if (", "while (", "for (", "switch (", "return 0 ;", "return x ;", "return x (", "else {", "} else", "break ;",
)  # fmt: skip

CUES: Mapping[str, Cues] = {
    "c": {
        4: (
            "# include < stdio", "# include < stdlib", "# include < string .", "# include < stdint",
            "# include < sys /", "# include < unistd", "# include < stdbool", "# include < linux /",
            "typedef struct", "struct x *", "-> x ->", "int main (", "malloc (", "sizeof (", "sizeof *", "memcpy (",
            "memset (", "char * *", "fprintf ( stderr", "( void )",
        ),
        2: (
            "# include <", '# include ""', "# define", "# ifndef", "# ifdef", "# endif", "struct x {", "union {",
            "enum {", "typedef x", "printf (", "free (", "size_t", "uint8_t", "uint32_t", "uint64_t", "int32_t",
            "unsigned int", "unsigned char", "unsigned long", "const char *", "char *", "void *", "static int",
            "static void", "NULL", "extern", "-> x =", "x -> x", "^ static const", "& x ->", "static inline",
            "^ # if", "__attribute__", "__restrict",
        ),
        1: (
            *_C_FAMILY, "int x ;", "int x =", "char x [", "void x (", "int x (",
        ),
    },
    "cpp": {
        4: (
            "std ::", "template <", "# include < iostream >", "# include < vector >", "# include < string >",
            "# include < memory >", "# include < map >", "# include < algorithm >", "# include < boost /",
            "# include < utility >", "# include < functional >", "using namespace", "static_cast <",
            "dynamic_cast <", "reinterpret_cast <", "const_cast <", "^ public : $", "^ private : $",
            "^ protected : $", "cout <<", "cerr <<", "typename", "nullptr", "constexpr", "noexcept", "= default ;",
            "= delete ;", "operator ==", "operator =", "operator ( )", "operator <<", "x :: ~ x", "const & x",
            "class x : public x",
        ),
        2: (
            "# include <", '# include ""', "# define", "# ifndef", "# endif", "namespace x {", "namespace x ::",
            "x :: x (", "x :: x", "auto x =", "auto &", "const auto", "const x &", "virtual", "explicit",
            "unique_ptr <", "shared_ptr <", "vector <", "( x &&", "x & x )", "> & x", "class x {", "class x $",
            "inline", "const ;", "const {", ":: type", "make_unique <",
        ),
        1: (
            *_C_FAMILY, "int x ;", "int x =", "void x (", "x -> x", "new x (", "friend", "bool x (",
        ),
    },
    "csharp": {
        4: (
            "using System", "using Microsoft", "{ get ;", "get ; set ;", "Console . WriteLine", "Console . ReadLine",
            "string . IsNullOrEmpty", "async Task", "nameof (", "out var", "IEnumerable <", "Task < x",
            "public override string", "IActionResult", "[ HttpGet", "[ Fact ]", "string . Format",
            "public partial class", "sealed class", "readonly x x", '$ ""', "protected override", "private readonly",
            "public string x", "public async", "ILogger <",
        ),
        2: (
            "^ using x ;", "^ using x .", "^ namespace x", "public class x", "public static x", "public x x {",
            "private x x", "internal", "var x = new", "var x = await", "foreach ( var", "string x",
            "public void x (", "=> x .", ". Where (", ". Select (", ". ToList (", "is null", "is not", "decimal",
            "bool x", "string ?", "new x ( )", "this . x", "?? throw", "public interface I", "[ x ] $",
            "catch ( Exception",
        ),
        1: (
            *_C_FAMILY, "new x", "null", "public x x (", "var x =",
        ),
    },
    "css": {
        4: (
            "^ . x {", "^ # x {", "^ @ media", "^ @ font", "^ @ keyframes", "^ @ import", "^ : root {", "^ body {",
            "^ a {", "^ p {", "^ h1 {", "^ html {", "! important", "px ;", "rem ;", "em ;", "display : flex",
            "display : none", "display : block", "font - family :", "background - color :", "text - align :",
            "font - size :", "^ margin :", "^ padding :", "^ color : #", "z - index :", "border - radius :",
            "^ @ include", "^ @ mixin", "^ * {", "^ ul {", "^ table {", "^ li {", "^ & : hover",
            "position : absolute", "position : relative", "^ . x . x {", "^ . x , $", "border - collapse",
        ),
        2: (
            "^ color :", "^ background :", "^ width :", "^ height :", "^ border :", "^ margin -", "^ padding -",
            "^ font -", "^ display :", "^ line -", "^ . x .. { $", "^ # x .. { $", "^ x . x {", "^ . x : x {",
            "^ top :", "^ left :", "^ float :", "^ overflow", "^ cursor :", "^ content :", "var ( --", "0 px",
            "0 em", "0 rem", "0 % ;", ": 0 ;", "^ text -", "^ border -", "^ max -", "^ min -", "^ opacity :",
            "^ transition", "^ grid -", "^ flex", "^ align -", "^ justify -", "^ position :", "^ clear :",
            "^ white -", "^ vertical -", "^ list -",
        ),
        1: (
            ": hover", ": focus", ": before", ": after", "rgba (", "url (",
        ),
    },
    "dart": {
        4: (
            '^ import "" ; $', "Widget build (", "StatelessWidget", "StatefulWidget", "BuildContext", "setState (",
            "Future <", "required this", "@ override", "late final", "Stream <", "void main ( )",
            "const x ( { super", "super . key", "Key ? key", "child :", "children :", "async * {",
        ),
        2: (
            "final String x", "final int x", "final x x ;", "final double", "const Text (", "factory x . x",
            ") async {", "String ? x", "List < String >", "Map < String , dynamic", "dynamic", "extends State",
            "int get x", "get x =>", "bool get x", "print (", "?? x", "mixin x", "Color (", "EdgeInsets",
            "return Scaffold (",
        ),
        1: (
            "var x =", "final x =", "await x", "=> x", "String x", "if (", "for (", "return x ;", "return x (",
        ),
    },
    "elixir": {
        4: (
            "^ defmodule x", "^ defp x", "^ def x .. do $", "^ def x , do", "^ |> x", "^ @ moduledoc", "^ @ doc",
            "^ @ spec", "^ @ impl", "{ : ok ,", "{ : error ,", "% {", "Enum . x (", "GenServer", "^ use x . x",
            "do : x", "fn x ->", '^ describe "" do $', "Logger . x", "Repo . x", "^ alias x .",
        ),
        2: (
            "& &", "^ alias x", "^ import x . x", "-> $", "<- x", "^ end $", "do $", "String . x (", "Map . x (",
            "IO . puts", "| _", "when is_x", "^ case x .. do $", "^ with {",
        ),
        1: (
            "^ require x", "& x /", "nil", "def x", "fn",
        ),
    },
    "go": {
        4: (
            "^ package x $", "^ func x (", "^ func ( x * x )", "^ func ( x x ) x", "if err != nil", "err :=",
            "err != nil", "^ import ( $", "^ type x struct {", "^ type x interface {", "fmt . x (", "map [ string ]",
            "chan x", "go func (", "defer x", "for _ , x := range", ", err :=", ", ok :=", "[ ] byte", "[ ] string",
            "make ( [", "make ( map", "return nil , x", "errors . New (", "context . Context", "* testing . T",
            "http . ResponseWriter", "interface { }", "^ type x func", "return err $", "struct { }",
        ),
        2: (
            "x := x", "x := &", "x := [", "func (", "nil", "range x", ":= range", "if x := x", "& x {", "* x )",
            "var x x $", "return x , nil", "* x {", "const ( $", "var ( $", "select {", "<- x", "case x : $",
        ),
        1: (
            "if x .. { $", "for x .. { $", "for { $", "switch x {", "} else {", "^ return $", "string )",
            "len ( x )",
        ),
    },
    "html": {
        4: (
            "<! DOCTYPE html", "<! doctype html", "< html", "< head >", "< body", "< div", "< span", "< table",
            "< form", "< section", "< script", "< button", "< meta x =", "< link x =", "< input x =", "< img x =",
            "< a href", "< nav", "< footer", "< label", "< style", "< ul", "< iframe", "< svg", "< center", "< font",
        ),
        2: (
            "</ div >", "</ span >", "</ p >", "</ a >", "</ li >", "</ td >", "</ tr >", "</ table >", "</ body >",
            "</ html >", "</ script >", "</ ul >", "</ head >", 'class = ""', 'id = ""', 'href = ""', 'src = ""',
            'style = ""', "< p >", "< li >", "< tr", "< td", "< th", "< h1", "< h2", "< br", "< title >",
            "< strong >", "< em >", "< code >", "< pre", "< dt", "< dd", "< h3", "< hr",
        ),
        1: (
            "& nbsp ;", "& amp ;", "<! --", "& lt ;",
        ),
    },
    "java": {
        4: (
            "^ import java .", "^ import javax .", "^ import org . .. ; $", "^ import com . .. ; $",
            "^ import static", "^ package x .. ; $", "public static void main", "System . out", "throws x",
            "@ Override", "@ Autowired", "@ Test $", "@ Service", "@ Entity", "implements x", "private final x x",
            "List < String >", "new ArrayList <", "new HashMap <", "public class x extends", "catch ( x Exception",
            "catch ( Exception e", "private static final", "public final x", "Optional <", "final x x",
            "System . err", "String [ ]", "instanceof x", "@ RestController", "Override $", "synchronized",
        ),
        2: (
            "public class x", "public interface x", "public x x (", "private x x", "protected x x (",
            "public void x (", "private void x", "List <", "Map < String", "Set <", "String x", "extends x",
            "new x ( )", "Integer", "boolean x", "public static x", ". getClass (", ". equals (", "throw new x",
            "this . x =", "Exception (", ". length ( )", "import x . x", "private int x", "private String x",
            "public enum x", "try {", "static final",
        ),
        1: (
            *_C_FAMILY, "new x", "null", "int x =", "-> x", "class x {", "for ( x x :",
        ),
    },
    "javascript": {
        4: (
            "module . exports", "exports . x =", 'require ( ""', "console . log (", "console . error (",
            "document .", "window .", '^ import x from ""', "^ import { .. ;", '} from ""', "^ import * as x from",
            "JSON . stringify (", "JSON . parse (", "new Promise (", "async function", "=> {", "function ( ) {",
            "=== x", "!== x", "^ export default", "^ export const", "^ export function", "typeof x", "undefined",
            ". forEach (", ". addEventListener (", ". prototype .", "async (", "const { x", '=== ""', "=== 0",
            "Object . keys (", '$ ( ""', "Math . x (", "process . env", "let x = [", "const x = await",
            "= function (", "function x ( x ) {", "var x = function", '^ "" ; $',
        ),
        2: (
            "const x =", "let x =", "let x ;", "const [", "function x (", "function (", ") =>", "x => x", "===",
            "!==", ". then (", ". catch (", "await x", "null ;", "var x =", "this . x =", "( ( ) =>", "} ) ; $",
            ". push (", ". length", "var x ;", "^ } , $", "x : function", ". map (", ". filter (", "instanceof x",
            "return { $", "= > {",
        ),
        1: (
            *_C_FAMILY, "new x (", "this . x", "null", "try {", "catch ( x )", "class x {", "return ! x", "|| { }",
        ),
    },
    "kotlin": {
        4: (
            "^ fun x (", "fun x . x (", "fun x ( x : x", "data class x", "sealed class", "companion object",
            "override fun", "suspend fun", "val x : x", "val x = x", "val x by", "listOf (", "mutableListOf (",
            "mapOf (", "private val", "private fun", "when ( x ) {", "fun main (", "lateinit var", "var x : x ? =",
            "?. x", "?: x", "!! .", "internal class", "^ import kotlin", "^ import android", "^ import androidx",
            "it . x", "by lazy", "object : x", "open class", "-> x ( x )", "emptyList (", "private var",
        ),
        2: (
            "^ import x . x . x", "^ package x . x", "val x", "when {", "?: return", 'println ( ""', ": String",
            ": Int", "else ->", "is x ->", ". map {", ". filter {", ". let {", ". apply {", "in 0", "fun x ( ) {",
            "fun x ( ) =", "enum class", "class x ( $", "List < x > ,",
        ),
        1: (
            "var x =", "null", "return x", "class x (", "object x", "if (", "for ( x in", "String ?", '"" -> x',
            "init {",
        ),
    },
    "lua": {
        4: (
            "local function", "local x = require", "local x = {", "^ function x : x", "^ function x . x", "then $",
            "in pairs (", "in ipairs (", "^ elseif x .. then $", "~= nil", "~= x", "= nil", "end ) $",
            "string . format (", "table . insert (", "== nil then", "local x , x =", "self : x (", "^ local M",
            "setmetatable (",
        ),
        2: (
            "local x =", "~=", "nil", "function (", "local x $", "^ end $", "do $", "not x then", "= function (",
            "print (", "tostring (", "vim . x", "# x", "for x = 0", "^ return M", "^ else $",
        ),
        1: (
            "for x =", "x : x (", "and x", "or x", "end ,", "^ function x", "^ return x",
        ),
    },
    "perl": {
        4: (
            "use strict", "use warnings", "use Carp", "use constant", "use base", "use parent", "use vars",
            "use utf8", "my $ x", "my ( $", "my @ x", "my % x", "=~ /", "=~ s", "=~ m", "$ self ->", "$ class",
            "@ _ ;", "$ _", "! ~ /", "$ _ [", "= shift", "shift ;", "qw (", "qw /", "^ 1 ; $", "our $ x", "our @ x",
            "local $ x", "elsif (", "foreach my $", "unless (", "$ x -> {", "-> { x }", "$ x { x", "@ { $", "% $ x",
            "bless", "^ package x ::", "x :: x ->", "or die", "$ x = ~", "@ ARGV", "$ x =~", "% x =",
            "# ! / usr / bin / perl", "push @", "keys %", "defined $",
        ),
        2: (
            "sub x {", "^ sub x $", "^ package x ;", "$ x = $", "-> [", "$ x [", "foreach $", 'die ""', 'print ""',
            'eq ""', 'ne ""', "$ x ,", "$ x )", "$ x ;", "return $", "^ use x ;", "^ use x ::", "( $ x", "\\ @",
            "\\ %", "$ $", ". $ x", "croak", 'x => ""', "ref $", "if $ x", "unless $",
        ),
        1: (
            "$ x =", "} elsif", "if ( $", "foreach", "scalar", "=> $", "! $ x", "^ require x", "last ;", "next ;",
        ),
    },
    "php": {
        4: (
            "<? php", "$ this ->", "^ $ x -> x (", "( $ x -> x", "= $ x -> x (", "new \\ x", "\\ x \\ x",
            "^ $ x (", "= $ x (", "( $ x [", '[ "" ] = $', "^ $ x [ 0", "if ( $ x ===", "! $ x ->", "$ x = x (",
            "=== x", "!== x", "=== 0", "!== 0", "=== null", "!== null", '=== ""', "} else {", "= function (",
            "^ global $", "^ public static function", "$ x :: x", "self :: x", "function x ( $", "function ( $",
            "$ _GET [", "$ _POST [", "$ _SERVER [",
            "$ _SESSION", "^ use x \\ x", "^ namespace x \\", "^ namespace x ; $", "public function x",
            "private function x", "protected function x", "foreach ( $", "as $ x =>", "as $ x )", "self :: $",
            "x :: class", "= new \\", 'echo ""', "echo $", "isset ( $", "empty ( $", "array (", '"" => ""',
            '"" => $', "$ x -> x (", "function x ( ) {", "static function", "is_null ( $", "in_array (", "count ( $",
            'define ( ""', '"" . $', "require_once", "?>", "$ x = array", "strlen ( $", "^ use x ; $",
            "parent :: __construct", 'const x = ""', "elseif (", "function __construct",
        ),
        2: (
            "^ $ x =", "( $ x )", "$ x ;", "$ x = new", '"" => [', '$ x = ""', '$ x [ "" ]', "return $", "null ;",
            "array_x", "x :: x (", '. ""',
            "=== null", "$ x ->", "throw new", "extends x", "public $", "private $", "protected $", "bool $",
            "string $", "int $", "? string", ": void", "echo",
        ),
        1: (
            "$ x =", "$ x )", "if ( $", "if ( !", "return x (", "=> x", "else {", "public static",
        ),
    },
    "powershell": {
        4: (
            "Get - x", "Set - x", "New - x", "Remove - x", "Write - Host", "Write - Output", "Write - Verbose",
            "Import - Module", "Invoke - x", "Start - x", "Test - Path", "ForEach - Object", "Where - Object",
            "Select - Object", "Out - x", "ConvertTo - x", "Join - Path", "^ param (", "^ Param (",
            "[ CmdletBinding", "$ PSScriptRoot", "$ env :", "$ _ . x", "$ null", "[ Parameter (", "[ string ] $",
            "[ int ] $", "[ switch ] $", "$ true", "$ false", "- ErrorAction", "- eq $", '- eq ""', "- ne $",
            "Add - x", "Split - Path", "function x - x", "- not (", "[ string [", "Export - x", "Stop - x",
            "$ script :", "$ global :",
        ),
        2: (
            "- eq", "- ne", "- match", "- notmatch", "- like", "- and", "- or", "- Path", "- Force", "- Name",
            "- Recurse", "- Filter", "@ {", "@ (", "| Where", "| Select", "^ } $", "foreach ( $ x in", "- replace",
            "- join", "- split", "^ process {", "^ begin {", 'throw ""', "[ x ] ::",
        ),
        1: (
            "^ $ x =", "if ( $", "if ( -", "if ( !", "try {", "catch {", "else {", "elseif (", "return $",
        ),
    },
    "python": {
        4: (
            "^ def x ( .. : $", "^ async def x", "^ def x ( self", "^ def __init__", "^ from x import",
            "^ from x . x import", "^ from . import", "^ from . x import", "^ elif x", "self . x", "__name__ ==",
            "__init__ (", "__file__", "^ @ property", "^ @ staticmethod", "^ @ classmethod", "^ @ pytest",
            "^ except x .. : $", "^ except : $", "^ except ( x", "is None", "is not None", "not in x",
            "isinstance (", 'f ""', "^ class x ( x ) : $", "^ class x : $", "^ with open", "as f :", "lambda x",
            "lambda :", "for x in range (", "for x , x in", "^ raise x", "^ import x as x", "-> None :", "^ try : $",
            "^ finally : $", "^ assert x", "^ yield x", "^ def x", "= None", "^ if not x", "print ( f",
            "^ import numpy", "^ import os $", "^ import sys $", "** kwargs", "* args", "len ( x )",
        ),
        2: (
            "^ import x $", "^ import x . x $", "^ import x , x", "^ if x .. : $", "^ for x in .. : $",
            "^ while x .. : $", "^ with x .. : $", "^ else : $", "None", "True", "False", "print (", "^ return x",
            "^ pass $", "^ class x ( .. : $", "^ raise", "enumerate (", "range (", "for x in x", "^ del x",
            "^ global x", "^ if __name__", "[ x for x", "super ( )", "dict (", "list (", "str (", "int (",
            "^ return $", "^ continue $", "^ break $", ". append (", ". items ( )", "not x", ". join (", ") : $",
        ),
        1: (
            "^ x = x", '^ x = "" $', "^ x = [", "^ x = {", "^ return not", "^ x . x = x", "if x .. : $", "and x",
            "or x", '^ x ( "" ) $', "in x :", 'b ""', 'r ""',
        ),
    },
    "r": {
        4: (
            "^ library ( x ) $", "<- function (", "%>%", "%in%", "ggplot (", "data . frame (", "read . csv (",
            "sapply (", "lapply (", "aes (", "rbind (", "cbind (", "is . na (", "<- c (", "= c (", "paste0 (",
            "paste (", "na . rm =", "stringsAsFactors", "geom_point (", "summarise (", "group_by (", "mutate (",
            "set . seed (", "colnames (", "nrow (", "<- lm (", "as . x (", "x $ x <-",
        ),
        2: (
            "^ x <- x", "x <- x", "^ x . x <-", "^ x $ x", 'c ( ""', "c ( 0", "TRUE", "FALSE", "NA", "stopifnot (",
            "NULL", "mean (", "filter (", "function ( x", "^ require (", "in 0 : x", "in 1 : x", "in seq", "^ x <-",
            "summary (", "^ print (", "length ( x )",
        ),
        1: (
            "for ( x in", "if (", "~ x", "return (", "x $ x", "else {", "= TRUE",
        ),
    },
    "ruby": {
        4: (
            "^ def self . x", "^ def x $", "^ def x ( .. ) $", "^ def x ? $", "^ def initialize", "do | x",
            "^ attr_accessor", "^ attr_reader", "^ require_relative", "^ has_many", "^ belongs_to", "^ validates",
            ". each do", ". each {", ". map {", ". map do", "( & :", '^ require "" $', "^ module x $",
            "^ class x < x", "^ class x $", ". nil ?", ". empty ?", ". present ?", "@ x =", "@ x . x", "^ elsif x",
            "^ include x $", "^ private $", "^ puts x", '^ puts ""', "end . x", ". new ( x", "rescue x",
            "^ rescue $", "^ ensure $", ". to_s", ". to_i", ". each_with_index", "=> e $", "respond_to ?",
            '^ it "" do', '^ describe "" do', "unless x", '^ raise x , ""', ". new $", ": x =>", "@ @ x", "if @ x",
        ),
        2: (
            "^ end $", "puts", "nil", "^ begin $", "^ yield", "{ | x |", "| x , x |", ": x ,", "^ when x",
            "^ when :", "^ case x $", "return if", "return unless", "^ if x", '"" if x', "||= x", "x :: x . new",
            "do $", "^ unless x", "<< x", '=> ""', "[ : x ]", "^ extend x", "loop do", "gets . chomp", "! $",
        ),
        1: (
            "x : :", "^ else $", "@ x", "^ return x", "^ x = x", "and x", ". new (", "=> x",
        ),
    },
    "rust": {
        4: (
            "fn x (", "fn x <", "fn main ( )", "let mut x", "^ use x ::", "^ pub use", "^ impl x", "^ impl <",
            "println ! (", "vec ! [", "format ! (", "assert_eq ! (", "panic ! (", "macro_rules !", "# [ derive",
            "# [ cfg", "# [ test ]", "# ! [", "& mut x", "& self", "& str", "pub fn", "pub struct", "pub enum",
            "pub mod", "pub ( crate )", "pub trait", "Option <", "Result <", "Vec <", "Box <", "Arc <",
            ". unwrap ( )", ". expect (", ". clone ( )", ". iter ( )", "Some ( x )", "Ok ( x", "Err ( x",
            "match x {", "impl x for x", "impl x for", "if let Some", "-> Self", "-> Result", "-> Option", ": usize",
            ": u32", ": u8", ": i32", ": u64", "-> u32", "-> usize", "-> bool {", "as u32", "as u64", "where x :",
            "eprintln !", "x :: new ( )", ". collect (", "& & x", "mut self",
            "use std ::", ". await ?", "? ; $", ") ? ;", "move ||", "crate ::", "self . x",
        ),
        2: (
            "let x =", "let x : x", "match x", "=> x ,", "x :: x", "String :: from", "-> x {", "Some (", "Ok (",
            "Err (", "None =>", "| x |", "loop {", "struct x {", "enum x {", "^ mod x ;", "f64", "else {", "_ =>",
            ". into ( )", "as usize", ". to_string ( )", "' x", "^ } ; $", "Self {",
        ),
        1: (
            "for x in x", "for x in 0", "if x .. { $", "while x", "return x", "-> x", "& x", "const x : x",
        ),
    },
    "scala": {
        4: (
            "case class x", "case object x", "sealed trait", "^ object x extends", "^ object x {", "implicit val",
            "implicit def", "lazy val", "extends x with x", "^ def x .. = { $", "^ def x ( .. ) = { $",
            "^ override def", "^ private def", "def x ( x : x ) : x =", "def x : x =", "def x ( ) : x =", "Option [",
            "Seq [", "List [", "Future [", "Map [", "Either [", "x match {", "case Some ( x )", "case None =>",
            "case _ =>", "^ import scala", "^ import akka", "val x : x [", "foldLeft (", ". flatMap (", "{ case x",
            "case x : x =>", "x => x . x", "for { $", "} yield", "trait x {", "def x [", "val x = new x",
            "^ import x . _", "import cats", "extends App", ". map ( _", "case ( x , x ) =>", "case x ( x",
        ),
        2: (
            "val x = x", "val x : x =", "def x (", "^ case x", "<- x", "trait x", "class x ( x :", "Some ( x )",
            "None", "Array [", "println (", "Int )", ": String", ": Int", ": Unit", 's ""', "extends x", "new x",
            "object x", "private val",
        ),
        1: (
            "var x", "^ import x . x", "^ package x", "yield x", "if (", "else x", "with x", "=> x",
        ),
    },
    "shell": {
        4: (
            "# ! / bin / sh", "# ! / bin / bash", "# ! / usr / bin / env bash", "^ if [", "^ if [[", "^ if ! x",
            "^ if x .. then $", "; then $", "^ fi $", "^ fi ;", "^ esac", "^ done $", "^ done <", "^ done |",
            "^ elif [", "set - e", "set - eu", "set - euo", "^ for x in .. do $", "; do $", "^ while [",
            "^ while read", "^ while x .. do $", "|| exit", "&& exit", "|| return", "|| x", ">& 0", "> / dev / null",
            '^ case "" in', "^ case $ x", "x ( ) { $", "2 > & 1", "2 > & 0", "[ - z", "[ - n", "[ - f", "[ - d",
            "[ ! -", "$ {", "$ (", "^ export x =", 'echo "" >&', "^ local x =", "^ shift $", '"$ {', "^ esac $",
            "test - x", '^ trap ""', "$ ( x", "` x", "^ exit 0", "$ ?", "$ 0", "$ @", "^ function x {", "^ . /",
            '^ . ""',
        ),
        2: (
            "^ export x", "^ echo x", '^ echo ""', "^ cd x", '^ cd ""', "^ cd /", "^ mkdir -", "^ rm -", "^ cp x",
            "^ cp -", "^ mv x", "^ chmod x", "^ chmod 0", "^ chmod +", "^ sudo x", "^ curl -", "^ grep", "^ sed -",
            "^ awk", "| grep", "| sed", "| awk", "| sort", "^ source x", "^ local x", "^ readonly", "^ unset",
            "^ then $", "^ do $", "^ else $", "^ x = $", '^ x = "" $', "^ x = `", ";; $", ") ;; $", "&& x", '[ "" =',
            "[ $ x", "^ exit $", "^ return 0", "^ printf", "<< EOF", "^ EOF $", "^ docker x", "^ git x",
            "^ apt - get", "^ pip install", "^ npm x", "^ tar -", "^ cat", "^ kubectl x", "^ set -", "^ exec x",
            '^ exec ""', "! - x",
        ),
        1: (
            "^ x = x", "^ x = /", "$ x", "| x", "\\ $", "^ x - x", "^ if x", "< / dev", "^ test",
        ),
    },
    "sql": {
        4: (
            "select * from", "select x from", "select x , x", "insert into x", 'insert into ""', "create table",
            "create index", "create unique index", "create view", "create or replace", "create function",
            "create type", "create extension", "create procedure", "alter table", "alter extension", "update x set",
            "left join", "inner join", "right join", "group by x", "order by x", "partition by", "delete from x",
            "drop table", "drop function", "primary key", "not null ,", "foreign key", "on conflict", "begin ;",
            "returns x $", "language sql", "language plpgsql", "language c", "values (", "returns trigger",
            "alter function", "alter operator", "alter type", "alter aggregate", "create operator",
            "create aggregate", "create cast", "create domain", "parallel safe", "immutable strict",
            "strict $", "returns setof", 'as "" , "" language', "update pg_catalog",
            "grant x on", "create schema", "create temp", "drop index", "comment on", "as select",
        ),
        2: (
            "^ from x", "^ where x", "^ select x", "^ select $", "^ join x", "^ having", "select distinct",
            "count ( *", "sum (", "avg (", "coalesce (", "is null", "is not null", "varchar (", "timestamp",
            "not null", "references x", "^ and x", "limit 0 ;", "x as x", "between x and", "in ( select", "set x =",
            "^ on x . x", "select count", "from x where", "where x =", "union all", "^ union", "if not exists",
            "serial", "select x (", 'select ""', "from x ;", 'as ""', "bigint", "text ,", "integer ,", "decimal (",
            "case when", "then x", "with x as (",
        ),
        1: (
            "^ values", "set x", "as x ,", 'like ""', "^ end ;", "^ commit ;",
        ),
    },
    "swift": {
        4: (
            "import UIKit", "import SwiftUI", "import Foundation", "import Combine", "import XCTest", "guard let",
            "if let x =", "if let x {", "^ func x ( .. { $", "^ private func", "^ public func", "override func",
            "@ State", "@ Published", "@ ObservedObject", "@ IBOutlet", "@ objc", "@ main", "@ escaping",
            "@ StateObject", "@ MainActor", "some View", "var body :", "-> some", "let x : x", "let x : [",
            "var x : x", "var x : [", "extension x {", "extension x :", "protocol x {", "init ( x :", "init (",
            "deinit", "as ? x", "as ! x", "self . x", "case . x", "throws ->", "else { return", "try await",
            "\\ ( x", "struct x : x", "class x : x", "func x ( _ x", "weak var", "fileprivate", "async throws",
            ") -> x {", ". onAppear", "import x $", "nil {", "DispatchQueue", "static let",
        ),
        2: (
            "let x = x", "func x (", "nil", "?. x", "x ? {", "let x =", "enum x : x", "struct x {", 'print ( ""',
            "case x ( x", "case x $", "case x ,", ": String ?", ": Int", ": String", ": Bool", "private let",
            "private var", "-> x", "lazy var", "@ x $", "guard x", "in $", "mutating func", "try x", "switch x {",
            ": Codable",
        ),
        1: (
            "var x =", "if x .. { $", "for x in x", "return x", "else {", "import x",
        ),
    },
    "terraform": {
        4: (
            '^ resource "" ""', '^ data "" ""', '^ variable "" {', '^ output "" {', '^ provider "" {',
            '^ module "" {', "^ terraform {", "^ locals {", "var . x $", "= var . x", "= local . x", "= module . x",
            "= data . x", "^ required_providers {", '^ backend "" {', "^ lifecycle {", '^ dynamic ""', "for_each =",
            "depends_on =", "= aws_x", "x . x . id", "x . x . arn", "^ required_version",
        ),
        2: (
            "^ source =", "^ version =", "^ count =", "^ description =", "^ default =", "^ type =", "^ tags =",
            "^ value =", "jsonencode (", "merge (", "toset (", "lookup (", "^ ami =", "^ region =", "^ name =",
            "^ bucket =", "^ cidr_block", "^ vpc_id =", "^ instance_type", '= [ ""', "^ provider =", "^ policy =",
            "^ role =",
        ),
        1: (
            '^ x = "" $', "^ x = true $", "^ x = 0 $", "^ x {", "^ x = [", "^ x = {",
        ),
    },
    "typescript": {
        4: (
            "^ interface x {", "^ interface x extends", "^ export interface", "^ export type", "^ type x =",
            "^ export enum", ": string ;", ": string )", ": string ,", ": string =", ": string |", ": number ;",
            ": number )", ": number ,", ": number =", ": boolean ;", ": boolean )", ": boolean =", ": boolean ,",
            ": void ;", ": void {", ": any )", ": any ;", ": any ,", ": unknown", ": never", ": Promise <",
            ": Array <", ": Record <", "Partial <", "as const", "as any", "as unknown", "as string", "import type",
            "import {", "private readonly", "public readonly", "^ @ Component", "^ @ Injectable", "declare module",
            "declare const", "declare function", "declare global", ": string [", "readonly x :", "keyof x",
            ": x [ ]", "x < x > (", "useState <", "private x :", "public x (", "private x (", "^ abstract class",
            "export abstract", "? : x", "? : string", "export declare", "^ declare",
        ),
        2: (
            '} from ""', "^ export default", "^ export const", "^ export function", "^ export class",
            "^ export async", "const x : x", "let x : x", ") : x {", ") : x =>", ") : x ;", "implements x",
            "constructor (", "=> void", "^ export *", "^ import x from", "x : x ,", "| null", "| undefined",
            "extends x <", "namespace x", "enum x {", ": x | x", "< T >", "async x (", "null ;",
        ),
        1: (
            "const x =", "let x =", ") =>", "=> {", "=== x", "!== x", "===", "!==", "await x", "this . x", "x => x",
            "return x", "function x (", "new x (", "if (", "x ? .",
        ),
    },
}  # fmt: skip

LANGUAGES = tuple(sorted(CUES))

SIGILS = frozenset({"perl", "php", "powershell", "shell"})
"""Languages in which a dollar starts a name."""

SEMICOLONS = frozenset(
    {"c", "cpp", "csharp", "css", "dart", "java", "javascript", "perl", "php", "rust", "sql", "typescript"}
)
"""Languages whose statements end in a semicolon."""

ANY_CASE = frozenset({"sql"})
"""Languages whose words are also written in capitals."""

TAGS: Mapping[str, str] = {
    "bash": "shell", "c#": "csharp", "c++": "cpp", "cc": "cpp", "cs": "csharp", "ex": "elixir", "exs": "elixir",
    "golang": "go", "h": "c", "hcl": "terraform", "hpp": "cpp", "htm": "html", "js": "javascript",
    "jsx": "javascript", "ksh": "shell", "kt": "kotlin", "less": "css", "mjs": "javascript", "mysql": "sql",
    "pl": "perl", "postgres": "sql", "postgresql": "sql", "ps1": "powershell", "pwsh": "powershell", "py": "python",
    "py3": "python", "python3": "python", "rb": "ruby", "rs": "rust", "scss": "css", "sh": "shell", "tf": "terraform",
    "ts": "typescript", "tsx": "typescript", "zsh": "shell",
}  # fmt: skip
"""Other names after a Markdown fence."""

NO_CODE = frozenset(
    {
        "console", "csv", "dotenv", "env", "http", "ini", "json", "json5", "jsonc", "jsonl", "log", "logs", "markdown",
        "md", "mermaid", "none", "output", "plain", "plaintext", "properties", "shell-session", "text", "toml",
        "traceback", "txt", "xml", "yaml", "yml",
    }
)  # fmt: skip
"""Names after a fence of what is no source code: data, records, sessions."""
