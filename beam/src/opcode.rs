//! Every generic opcode: number, name, operands, the releases that emit it, and what becomes of it.
//!
//! Owns the mapping in words, from which the book's appendix is made; `lower` is the mapping in
//! code. A test holds the two together.

/// A generic opcode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opcode {
    /// Its number, from 1.
    pub number: u8,
    /// Its name.
    pub name: &'static str,
    /// How many operands it has.
    pub arity: u8,
    /// The first OTP release that emits it; 0 means before R7.
    pub since: u8,
    /// The last OTP release that emits it; 0 means that the newest still does.
    pub until: u8,
    /// What it becomes, in LAM; empty if it has no translation.
    pub lam: &'static str,
}

impl Opcode {
    /// Whether it has a translation.
    pub const fn is_mapped(&self) -> bool {
        !self.lam.is_empty()
    }
}

/// The opcode of that number.
pub fn by_number(number: u8) -> Option<&'static Opcode> {
    OPCODES.get(usize::from(number.checked_sub(1)?))
}

/// The mapping: number, name, first release, last release (0: none yet), LAM in words.
pub fn mapping() -> impl Iterator<Item = (u8, &'static str, u8, u8, &'static str)> {
    OPCODES.iter().map(|op| (op.number, op.name, op.since, op.until, op.lam))
}

macro_rules! opcodes {
    ($($number:literal $CONST:ident $name:literal $arity:literal $since:literal $until:literal $lam:literal;)*) => {
        /// Every generic opcode of OTP up to 29; number `n` is at `n - 1`.
        pub const OPCODES: &[Opcode] = &[$(Opcode {
            number: $number, name: $name, arity: $arity, since: $since, until: $until, lam: $lam,
        },)*];

        // Retired opcodes are named in the table and nowhere else.
        $(#[allow(dead_code)] pub(crate) const $CONST: u8 = $number;)*
    };
}

opcodes! {
    1 LABEL "label" 1 0 0 "position of a label";
    2 FUNC_INFO "func_info" 3 0 0 "head of a function: its name and arity; a jump to its label goes to `clause`";
    3 INT_CODE_END "int_code_end" 0 0 0 "end of the code";
    4 CALL "call" 2 0 0 "`call f/A`";
    5 CALL_LAST "call_last" 3 0 0 "`tail f/A, N`";
    6 CALL_ONLY "call_only" 2 0 0 "`tail f/A, 0`";
    7 CALL_EXT "call_ext" 2 0 0 "`call m:f/A`; the instruction itself for `send`, `spawn`, `link`, `raise` and their like";
    8 CALL_EXT_LAST "call_ext_last" 3 0 0 "`tail m:f/A, N`; or the instruction itself and `ret N`";
    9 BIF0 "bif0" 2 0 0 "`op k -> D`";
    10 BIF1 "bif1" 4 0 0 "`op k S -> D else L`";
    11 BIF2 "bif2" 5 0 0 "`op k S, S -> D else L`";
    12 ALLOCATE "allocate" 2 0 0 "`frame +N`";
    13 ALLOCATE_HEAP "allocate_heap" 3 0 0 "`frame +N`, `need W, R`";
    14 ALLOCATE_ZERO "allocate_zero" 2 0 23 "`frame +N`";
    15 ALLOCATE_HEAP_ZERO "allocate_heap_zero" 3 0 23 "`frame +N`, `need W, R`";
    16 TEST_HEAP "test_heap" 2 0 0 "`need W, R`";
    17 INIT "init" 1 0 23 "`move [] -> Y`";
    18 DEALLOCATE "deallocate" 1 0 0 "the size of the `ret` that follows";
    19 RETURN "return" 0 0 0 "`ret N`";
    20 SEND "send" 0 0 0 "`send x0, x1 -> x0`";
    21 REMOVE_MESSAGE "remove_message" 0 0 0 "`accept`";
    22 TIMEOUT "timeout" 0 0 0 "part of `wait`; alone `wait 0`";
    23 LOOP_REC "loop_rec" 2 0 0 "`recv -> D else L`";
    24 LOOP_REC_END "loop_rec_end" 1 0 0 "`jump L`";
    25 WAIT "wait" 1 0 0 "`wait infinity else L`";
    26 WAIT_TIMEOUT "wait_timeout" 2 0 0 "`wait T else L`; to itself `wait T`";
    27 M_PLUS "m_plus" 4 0 6 "";
    28 M_MINUS "m_minus" 4 0 6 "";
    29 M_TIMES "m_times" 4 0 6 "";
    30 M_DIV "m_div" 4 0 6 "";
    31 INT_DIV "int_div" 4 0 6 "";
    32 INT_REM "int_rem" 4 0 6 "";
    33 INT_BAND "int_band" 4 0 6 "";
    34 INT_BOR "int_bor" 4 0 6 "";
    35 INT_BXOR "int_bxor" 4 0 6 "";
    36 INT_BSL "int_bsl" 4 0 6 "";
    37 INT_BSR "int_bsr" 4 0 6 "";
    38 INT_BNOT "int_bnot" 3 0 6 "";
    39 IS_LT "is_lt" 3 0 0 "`test lt S, S else L`";
    40 IS_GE "is_ge" 3 0 0 "`test ge S, S else L`";
    41 IS_EQ "is_eq" 3 0 0 "`test eq S, S else L`";
    42 IS_NE "is_ne" 3 0 0 "`test ne S, S else L`";
    43 IS_EQ_EXACT "is_eq_exact" 3 0 0 "`test eq_exact S, S else L`";
    44 IS_NE_EXACT "is_ne_exact" 3 0 0 "`test ne_exact S, S else L`";
    45 IS_INTEGER "is_integer" 2 0 0 "`test is_integer S else L`";
    46 IS_FLOAT "is_float" 2 0 0 "`test is_float S else L`";
    47 IS_NUMBER "is_number" 2 0 0 "`test is_number S else L`";
    48 IS_ATOM "is_atom" 2 0 0 "`test is_atom S else L`";
    49 IS_PID "is_pid" 2 0 0 "`test is_pid S else L`";
    50 IS_REFERENCE "is_reference" 2 0 0 "`test is_reference S else L`";
    51 IS_PORT "is_port" 2 0 0 "`test is_port S else L`";
    52 IS_NIL "is_nil" 2 0 0 "`test is_nil S else L`";
    53 IS_BINARY "is_binary" 2 0 0 "`test is_binary S else L`";
    54 IS_CONSTANT "is_constant" 2 0 11 "";
    55 IS_LIST "is_list" 2 0 0 "`test is_list S else L`";
    56 IS_NONEMPTY_LIST "is_nonempty_list" 2 0 0 "`test is_cons S else L`";
    57 IS_TUPLE "is_tuple" 2 0 0 "`test is_tuple S else L`";
    58 TEST_ARITY "test_arity" 3 0 0 "`test arity S, N else L`";
    59 SELECT_VAL "select_val" 3 0 0 "`switch value S else L, {…}`";
    60 SELECT_TUPLE_ARITY "select_tuple_arity" 3 0 0 "`switch arity S else L, {…}`";
    61 JUMP "jump" 1 0 0 "`jump L`";
    62 CATCH "catch" 2 0 0 "`try Y, H`, where H calls `lam:catch_value/3`";
    63 CATCH_END "catch_end" 1 0 0 "`move [] -> Y`, `jump K`, H: `op stacktrace x2 -> x2`, `call lam:catch_value/3`, K:";
    64 MOVE "move" 2 0 0 "`move S -> D`; runs of them are one parallel move";
    65 GET_LIST "get_list" 3 0 0 "`uncons S -> D, D`";
    66 GET_TUPLE_ELEMENT "get_tuple_element" 3 0 0 "`get I, S -> D`";
    67 SET_TUPLE_ELEMENT "set_tuple_element" 3 0 25 "`update S, {I = S} -> S`; runs of them are one";
    68 PUT_STRING "put_string" 3 0 17 "";
    69 PUT_LIST "put_list" 3 0 0 "`cons S, S -> D`";
    70 PUT_TUPLE "put_tuple" 2 0 21 "";
    71 PUT "put" 1 0 21 "";
    72 BADMATCH "badmatch" 1 0 0 "`raise badmatch S`";
    73 IF_END "if_end" 0 0 0 "`raise if_clause`";
    74 CASE_END "case_end" 1 0 0 "`raise case_clause S`";
    75 CALL_FUN "call_fun" 1 0 0 "`call xA, A`; with `deallocate N` and `return`, `tail xA, A, N`";
    76 MAKE_FUN "make_fun" 3 0 7 "";
    77 IS_FUNCTION "is_function" 2 0 0 "`test is_function S else L`";
    78 CALL_EXT_ONLY "call_ext_only" 2 0 0 "`tail m:f/A, 0`; or the instruction itself and `ret 0`";
    79 BS_START_MATCH "bs_start_match" 2 7 10 "";
    80 BS_GET_INTEGER "bs_get_integer" 5 7 10 "";
    81 BS_GET_FLOAT "bs_get_float" 5 7 10 "";
    82 BS_GET_BINARY "bs_get_binary" 5 7 10 "";
    83 BS_SKIP_BITS "bs_skip_bits" 4 7 10 "";
    84 BS_TEST_TAIL "bs_test_tail" 2 7 10 "";
    85 BS_SAVE "bs_save" 1 7 10 "";
    86 BS_RESTORE "bs_restore" 1 7 10 "";
    87 BS_INIT "bs_init" 2 7 10 "";
    88 BS_FINAL "bs_final" 2 7 10 "";
    89 BS_PUT_INTEGER "bs_put_integer" 5 7 24 "segment `integer` of a `bmake`";
    90 BS_PUT_BINARY "bs_put_binary" 5 7 24 "segment `binary` of a `bmake`";
    91 BS_PUT_FLOAT "bs_put_float" 5 7 24 "segment `float` of a `bmake`";
    92 BS_PUT_STRING "bs_put_string" 2 7 24 "segment `binary` of a literal, of a `bmake`";
    93 BS_NEED_BUF "bs_need_buf" 1 7 10 "";
    94 FCLEARERROR "fclearerror" 0 8 23 "nothing";
    95 FCHECKERROR "fcheckerror" 1 8 23 "nothing";
    96 FMOVE "fmove" 2 8 0 "`move S -> D`; float register k is the X register k above the function's highest";
    97 FCONV "fconv" 2 8 0 "`op fconv S -> D`";
    98 FADD "fadd" 4 8 0 "`op add S, S -> D else L`";
    99 FSUB "fsub" 4 8 0 "`op sub S, S -> D else L`";
    100 FMUL "fmul" 4 8 0 "`op mul S, S -> D else L`";
    101 FDIV "fdiv" 4 8 0 "`op fdiv S, S -> D else L`";
    102 FNEGATE "fnegate" 3 8 0 "`op neg S -> D else L`";
    103 MAKE_FUN2 "make_fun2" 1 8 23 "`need W, R`, `fun f/A, [x0, …] -> x0`";
    104 TRY "try" 2 10 0 "`try Y, L`";
    105 TRY_END "try_end" 1 10 0 "`move [] -> Y`";
    106 TRY_CASE "try_case" 1 10 0 "nothing, or `move [] -> Y` where code jumps to the handler";
    107 TRY_CASE_END "try_case_end" 1 10 0 "`raise try_clause S`";
    108 RAISE "raise" 2 10 0 "`raise same S, S`";
    109 BS_INIT2 "bs_init2" 6 11 24 "`need W, R` if W > 0; `bmake […] -> D else L` with the `bs_put` that follow";
    110 BS_BITS_TO_BYTES "bs_bits_to_bytes" 3 11 11 "";
    111 BS_ADD "bs_add" 5 11 24 "nothing: sizes follow from the segments";
    112 APPLY "apply" 1 0 0 "`call xA:x(A+1), A`";
    113 APPLY_LAST "apply_last" 2 0 0 "`tail xA:x(A+1), A, N`";
    114 IS_BOOLEAN "is_boolean" 2 11 0 "`test is_boolean S else L`";
    115 IS_FUNCTION2 "is_function2" 3 11 0 "`test is_function_arity S, S else L`";
    116 BS_START_MATCH2 "bs_start_match2" 5 11 21 "";
    117 BS_GET_INTEGER2 "bs_get_integer2" 7 11 0 "`bmatch C else L, [integer size S unit U -> D]`";
    118 BS_GET_FLOAT2 "bs_get_float2" 7 11 0 "`bmatch C else L, [float size S unit U -> D]`";
    119 BS_GET_BINARY2 "bs_get_binary2" 7 11 0 "`bmatch C else L, [binary size S unit U -> D]`";
    120 BS_SKIP_BITS2 "bs_skip_bits2" 5 11 0 "`bmatch C else L, [skip size S unit U]`";
    121 BS_TEST_TAIL2 "bs_test_tail2" 3 11 0 "`bmatch C else L, [exactly N]`";
    122 BS_SAVE2 "bs_save2" 2 11 21 "";
    123 BS_RESTORE2 "bs_restore2" 2 11 21 "";
    124 GC_BIF1 "gc_bif1" 5 11 0 "`op k S -> D else L`";
    125 GC_BIF2 "gc_bif2" 6 11 0 "`op k S, S -> D else L`";
    126 BS_FINAL2 "bs_final2" 2 11 11 "";
    127 BS_BITS_TO_BYTES2 "bs_bits_to_bytes2" 2 11 11 "";
    128 PUT_LITERAL "put_literal" 2 11 11 "";
    129 IS_BITSTR "is_bitstr" 2 12 0 "`test is_bitstring S else L`";
    130 BS_CONTEXT_TO_BINARY "bs_context_to_binary" 1 12 21 "";
    131 BS_TEST_UNIT "bs_test_unit" 3 12 25 "`bmatch C else L, [at_least 0 unit U]`";
    132 BS_MATCH_STRING "bs_match_string" 4 12 0 "`bmatch C else L, [bits LITERAL]`";
    133 BS_INIT_WRITABLE "bs_init_writable" 0 12 0 "`bmake [] -> x0`";
    134 BS_APPEND "bs_append" 8 12 24 "`need W, R` if W > 0; `bmake [append S, …] -> D else L` with the `bs_put` that follow";
    135 BS_PRIVATE_APPEND "bs_private_append" 6 12 24 "`bmake [append S, …] -> D else L` with the `bs_put` that follow";
    136 TRIM "trim" 2 12 0 "`frame -N`";
    137 BS_INIT_BITS "bs_init_bits" 6 12 24 "as `bs_init2`";
    138 BS_GET_UTF8 "bs_get_utf8" 5 12 0 "`bmatch C else L, [utf8 -> D]`";
    139 BS_SKIP_UTF8 "bs_skip_utf8" 4 12 0 "`bmatch C else L, [utf8 -> _]`";
    140 BS_GET_UTF16 "bs_get_utf16" 5 12 0 "`bmatch C else L, [utf16 -> D]`";
    141 BS_SKIP_UTF16 "bs_skip_utf16" 4 12 0 "`bmatch C else L, [utf16 -> _]`";
    142 BS_GET_UTF32 "bs_get_utf32" 5 12 0 "`bmatch C else L, [utf32 -> D]`";
    143 BS_SKIP_UTF32 "bs_skip_utf32" 4 12 0 "`bmatch C else L, [utf32 -> _]`";
    144 BS_UTF8_SIZE "bs_utf8_size" 3 12 24 "nothing: sizes follow from the segments";
    145 BS_PUT_UTF8 "bs_put_utf8" 3 12 24 "segment `utf8` of a `bmake`";
    146 BS_UTF16_SIZE "bs_utf16_size" 3 12 24 "nothing: sizes follow from the segments";
    147 BS_PUT_UTF16 "bs_put_utf16" 3 12 24 "segment `utf16` of a `bmake`";
    148 BS_PUT_UTF32 "bs_put_utf32" 3 12 24 "segment `utf32` of a `bmake`";
    149 ON_LOAD "on_load" 0 13 0 "nothing: LAM runs no code when it loads a module";
    150 RECV_MARK "recv_mark" 1 14 23 "nothing";
    151 RECV_SET "recv_set" 1 14 23 "nothing";
    152 GC_BIF3 "gc_bif3" 7 14 0 "`op k S, S, S -> D else L`";
    153 LINE "line" 1 15 0 "entry of the line table";
    154 PUT_MAP_ASSOC "put_map_assoc" 5 17 0 "`map assoc S, {S => S} -> D`";
    155 PUT_MAP_EXACT "put_map_exact" 5 17 0 "`map exact S, {S => S} -> D`";
    156 IS_MAP "is_map" 2 17 0 "`test is_map S else L`";
    157 HAS_MAP_FIELDS "has_map_fields" 3 17 0 "`pick S else L, {S -> _}`";
    158 GET_MAP_ELEMENTS "get_map_elements" 3 17 0 "`pick S else L, {S -> D}`";
    159 IS_TAGGED_TUPLE "is_tagged_tuple" 4 20 0 "`test tagged S, N, A else L`";
    160 BUILD_STACKTRACE "build_stacktrace" 0 21 0 "`op stacktrace x0 -> x0`";
    161 RAW_RAISE "raw_raise" 0 21 0 "`raise dynamic x0, x1, x2`";
    162 GET_HD "get_hd" 2 21 0 "`uncons S -> D, _`";
    163 GET_TL "get_tl" 2 21 0 "`uncons S -> _, D`";
    164 PUT_TUPLE2 "put_tuple2" 2 22 0 "`tuple {S, …} -> D`";
    165 BS_GET_TAIL "bs_get_tail" 3 22 0 "`bmatch C, [tail -> D]`";
    166 BS_START_MATCH3 "bs_start_match3" 4 22 0 "`bmatch D else L, [start S]`";
    167 BS_GET_POSITION "bs_get_position" 3 22 0 "`bmatch C, [pos -> D]`";
    168 BS_SET_POSITION "bs_set_position" 2 22 0 "`bmatch C, [setpos S]`";
    169 SWAP "swap" 2 23 0 "`move A -> B, B -> A`";
    170 BS_START_MATCH4 "bs_start_match4" 4 23 0 "`bmatch D else L, [start S]`; `resume` is `move S -> D`";
    171 MAKE_FUN3 "make_fun3" 3 24 0 "`fun f/A, [S, …] -> D`";
    172 INIT_YREGS "init_yregs" 1 24 0 "`move [] -> Y, …`; nothing after `frame +N`";
    173 RECV_MARKER_BIND "recv_marker_bind" 2 24 0 "`mark bind S, S -> _`";
    174 RECV_MARKER_CLEAR "recv_marker_clear" 1 24 0 "`mark clear S -> _`";
    175 RECV_MARKER_RESERVE "recv_marker_reserve" 1 24 0 "`mark reserve -> D`";
    176 RECV_MARKER_USE "recv_marker_use" 1 24 0 "`mark use S -> _`";
    177 BS_CREATE_BIN "bs_create_bin" 6 25 0 "`need W, R` if W > 0; `bmake […] -> D else L`";
    178 CALL_FUN2 "call_fun2" 3 25 0 "`call S, A`; with `deallocate N` and `return`, `tail S, A, N`";
    179 NIF_START "nif_start" 0 25 0 "nothing: a native of the same name replaces the function when it is linked";
    180 BADRECORD "badrecord" 1 25 0 "`raise badrecord S`";
    181 UPDATE_RECORD "update_record" 5 26 0 "`update S, {I = S} -> D`";
    182 BS_MATCH "bs_match" 3 26 0 "`bmatch C else L, […]`, command by command";
    183 EXECUTABLE_LINE "executable_line" 2 27 0 "nothing: `line` says the same";
    184 DEBUG_LINE "debug_line" 4 28 0 "nothing: `line` says the same";
    185 BIF3 "bif3" 6 29 0 "`op k S, S, S -> D else L`";
    186 IS_ANY_NATIVE_RECORD "is_any_native_record" 2 29 0 "`jump L`: LAM has no native records, so no term is one";
    187 IS_NATIVE_RECORD "is_native_record" 4 29 0 "`jump L`";
    188 GET_RECORD_ELEMENTS "get_record_elements" 3 29 0 "`jump L`";
    189 PUT_RECORD "put_record" 6 29 0 "`raise error {unsupported, native_record}`";
    190 IS_RECORD_ACCESSIBLE "is_record_accessible" 3 29 0 "`jump L`";
    191 GET_RECORD_FIELD "get_record_field" 5 29 0 "`jump L`, or without a label `raise error {unsupported, native_record}`";
    192 GET_RECORD_ELEMENTS_ID "get_record_elements_id" 4 29 0 "`jump L`";
    193 UPDATE_RECORD_ID "update_record_id" 6 29 0 "`raise error {unsupported, native_record}`";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_dense_and_names_distinct() {
        let mut names = std::collections::BTreeSet::new();
        for (at, opcode) in OPCODES.iter().enumerate() {
            assert_eq!(usize::from(opcode.number), at + 1);
            assert!(names.insert(opcode.name), "{} twice", opcode.name);
        }
        assert_eq!(OPCODES.len(), 193);
        assert!(by_number(0).is_none() && by_number(194).is_none());
    }

    #[test]
    fn all_that_otp_24_and_later_emit_is_mapped() {
        for opcode in OPCODES {
            if opcode.until == 0 || opcode.until >= 24 {
                assert!(opcode.is_mapped(), "{} has no translation", opcode.name);
            }
        }
    }
}
