//! Fields of protobuf messages: their lengths, and how they are written.

use prost::bytes::BufMut;
use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint, key_len};

/// The length of a field that holds `length` bytes.
pub(super) fn bytes_len(tag: u32, length: usize) -> usize {
    key_len(tag) + encoded_len_varint(length as u64) + length
}

/// The length of a field of 8 bytes.
pub(super) fn fixed_len(tag: u32) -> usize {
    key_len(tag) + 8
}

/// The length of a number of variable length.
pub(super) fn varint_len(value: u64) -> usize {
    encoded_len_varint(value)
}

/// Begins a field of `length` bytes, which the caller writes next.
pub(super) fn put_begin(tag: u32, length: usize, buffer: &mut Vec<u8>) {
    encode_key(tag, WireType::LengthDelimited, buffer);
    encode_varint(length as u64, buffer);
}

/// Writes a text. An empty text is the default of proto3, and is not written.
pub(super) fn put_text(tag: u32, text: &str, buffer: &mut Vec<u8>) {
    if !text.is_empty() {
        put_begin(tag, text.len(), buffer);
        buffer.put_slice(text.as_bytes());
    }
}

/// Writes a field of 8 bytes.
pub(super) fn put_fixed(tag: u32, bits: u64, buffer: &mut Vec<u8>) {
    encode_key(tag, WireType::SixtyFourBit, buffer);
    buffer.put_u64_le(bits);
}

/// Writes a number of variable length.
pub(super) fn put_varint(tag: u32, value: u64, buffer: &mut Vec<u8>) {
    encode_key(tag, WireType::Varint, buffer);
    encode_varint(value, buffer);
}

/// Writes a packed list of numbers of 8 bytes.
pub(super) fn put_fixed_list(
    tag: u32,
    list: impl ExactSizeIterator<Item = u64>,
    buffer: &mut Vec<u8>,
) {
    put_begin(tag, 8 * list.len(), buffer);
    list.for_each(|bits| buffer.put_u64_le(bits));
}

/// The form of a signed number in which small numbers are short: protobuf's `sint32`.
pub(super) fn zigzag(value: i32) -> u64 {
    u64::from(((value << 1) ^ (value >> 31)).cast_unsigned())
}
