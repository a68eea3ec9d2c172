//! The operations of `op` as functions, so that they can be applied and captured.

use super::PureTable;
use crate::core::Core;
use crate::exception::Exception;
use crate::op::evaluate;
use crate::term::Term;
use lam_isa::kind::Op;

/// The natives of this theme. `self`, `get` and what else asks the process is not pure.
pub(crate) const TABLE: PureTable = &[
    ("erlang", "+", 2, op::<{ Op::Add as u8 }>),
    ("erlang", "-", 2, op::<{ Op::Sub as u8 }>),
    ("erlang", "*", 2, op::<{ Op::Mul as u8 }>),
    ("erlang", "/", 2, op::<{ Op::Fdiv as u8 }>),
    ("erlang", "div", 2, op::<{ Op::Div as u8 }>),
    ("erlang", "rem", 2, op::<{ Op::Rem as u8 }>),
    ("erlang", "-", 1, op::<{ Op::Neg as u8 }>),
    ("erlang", "+", 1, op::<{ Op::Plus as u8 }>),
    ("erlang", "abs", 1, op::<{ Op::Abs as u8 }>),
    ("erlang", "band", 2, op::<{ Op::Band as u8 }>),
    ("erlang", "bor", 2, op::<{ Op::Bor as u8 }>),
    ("erlang", "bxor", 2, op::<{ Op::Bxor as u8 }>),
    ("erlang", "bsl", 2, op::<{ Op::Bsl as u8 }>),
    ("erlang", "bsr", 2, op::<{ Op::Bsr as u8 }>),
    ("erlang", "bnot", 1, op::<{ Op::Bnot as u8 }>),
    ("erlang", "float", 1, op::<{ Op::Float as u8 }>),
    ("erlang", "round", 1, op::<{ Op::Round as u8 }>),
    ("erlang", "trunc", 1, op::<{ Op::Trunc as u8 }>),
    ("erlang", "ceil", 1, op::<{ Op::Ceil as u8 }>),
    ("erlang", "floor", 1, op::<{ Op::Floor as u8 }>),
    ("erlang", "not", 1, op::<{ Op::Not as u8 }>),
    ("erlang", "and", 2, op::<{ Op::And as u8 }>),
    ("erlang", "or", 2, op::<{ Op::Or as u8 }>),
    ("erlang", "xor", 2, op::<{ Op::Xor as u8 }>),
    ("erlang", "==", 2, op::<{ Op::Eq as u8 }>),
    ("erlang", "/=", 2, op::<{ Op::Ne as u8 }>),
    ("erlang", "<", 2, op::<{ Op::Lt as u8 }>),
    ("erlang", "=<", 2, op::<{ Op::Le as u8 }>),
    ("erlang", ">", 2, op::<{ Op::Gt as u8 }>),
    ("erlang", ">=", 2, op::<{ Op::Ge as u8 }>),
    ("erlang", "=:=", 2, op::<{ Op::EqExact as u8 }>),
    ("erlang", "=/=", 2, op::<{ Op::NeExact as u8 }>),
    ("erlang", "max", 2, op::<{ Op::Max as u8 }>),
    ("erlang", "min", 2, op::<{ Op::Min as u8 }>),
    ("erlang", "size", 1, op::<{ Op::Size as u8 }>),
    ("erlang", "byte_size", 1, op::<{ Op::ByteSize as u8 }>),
    ("erlang", "bit_size", 1, op::<{ Op::BitSize as u8 }>),
    ("erlang", "tuple_size", 1, op::<{ Op::TupleSize as u8 }>),
    ("erlang", "map_size", 1, op::<{ Op::MapSize as u8 }>),
    ("erlang", "length", 1, op::<{ Op::Length as u8 }>),
    ("erlang", "hd", 1, op::<{ Op::Hd as u8 }>),
    ("erlang", "tl", 1, op::<{ Op::Tl as u8 }>),
    ("erlang", "element", 2, op::<{ Op::Element as u8 }>),
    ("erlang", "map_get", 2, op::<{ Op::MapGet as u8 }>),
    ("erlang", "is_map_key", 2, op::<{ Op::IsMapKey as u8 }>),
    ("erlang", "binary_part", 3, op::<{ Op::BinaryPart as u8 }>),
    ("erlang", "binary_part", 2, op::<{ Op::BinarySlice as u8 }>),
    ("erlang", "node", 0, op::<{ Op::Node as u8 }>),
    ("erlang", "node", 1, op::<{ Op::NodeOf as u8 }>),
    ("erlang", "list_to_atom", 1, op::<{ Op::ListToAtom as u8 }>),
    ("erlang", "is_atom", 1, op::<{ Op::IsAtom as u8 }>),
    ("erlang", "is_binary", 1, op::<{ Op::IsBinary as u8 }>),
    ("erlang", "is_bitstring", 1, op::<{ Op::IsBitstring as u8 }>),
    ("erlang", "is_boolean", 1, op::<{ Op::IsBoolean as u8 }>),
    ("erlang", "is_float", 1, op::<{ Op::IsFloat as u8 }>),
    ("erlang", "is_function", 1, op::<{ Op::IsFunction as u8 }>),
    ("erlang", "is_function", 2, op::<{ Op::IsFunctionArity as u8 }>),
    ("erlang", "is_integer", 1, op::<{ Op::IsInteger as u8 }>),
    ("erlang", "is_integer", 3, op::<{ Op::IsIntegerBetween as u8 }>),
    ("erlang", "is_list", 1, op::<{ Op::IsList as u8 }>),
    ("erlang", "is_map", 1, op::<{ Op::IsMap as u8 }>),
    ("erlang", "is_number", 1, op::<{ Op::IsNumber as u8 }>),
    ("erlang", "is_pid", 1, op::<{ Op::IsPid as u8 }>),
    ("erlang", "is_port", 1, op::<{ Op::IsPort as u8 }>),
    ("erlang", "is_record", 2, op::<{ Op::IsRecord as u8 }>),
    ("erlang", "is_record", 3, op::<{ Op::IsRecordSize as u8 }>),
    ("erlang", "is_reference", 1, op::<{ Op::IsReference as u8 }>),
    ("erlang", "is_tuple", 1, op::<{ Op::IsTuple as u8 }>),
    ("maps", "get", 2, op::<{ Op::MapGet as u8 }>),
    ("maps", "is_key", 2, op::<{ Op::IsMapKey as u8 }>),
];

/// The operation of that opcode order.
fn op<const OP: u8>(core: &mut Core, args: &[Term]) -> Result<Term, Exception> {
    evaluate(Op::ALL[usize::from(OP)], args, core)
}
