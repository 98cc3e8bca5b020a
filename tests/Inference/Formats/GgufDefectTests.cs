using System.Text;
using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Tests.Formats;

/// <summary>One broken file a case: the message must name the field, what was found and what was expected.</summary>
public class GgufDefectTests
{
    public static TheoryData<string, byte[], string, string, string> Defects => new()
    {
        { "empty", [], "the magic", "cut off at byte 0", "4 more bytes" },
        { "not GGUF", Encoding.ASCII.GetBytes("PK\u0003\u0004 and so on and on"), "the magic", "'PK??'", "'GGUF'" },
        { "version 1", new GgufBuilder { Version = 1 }.Build(), "the version", "1", "2 or 3" },
        { "version 4", new GgufBuilder { Version = 4 }.Build(), "the version", "4", "2 or 3" },
        { "big-endian", new GgufBuilder { Version = 0x03000000 }.Build(), "the version", "big-endian", "little-endian" },
        { "header cut", new GgufBuilder().Build()[..20], "the metadata count", "cut off at byte 16", "8 more bytes" },
        { "too many tensors", new GgufBuilder { TensorCount = ulong.MaxValue }.Build(), "the tensor count", "18446744073709551615", "at most 0" },
        { "too many entries", new GgufBuilder { MetadataCount = 3 }.Add("k", 1L).Build(), "the metadata count", "3", "at most 1" },
        { "missing entry", new GgufBuilder { MetadataCount = 2 }.Add("key", "a long enough value").Build(), "a metadata key", "cut off", "more bytes" },
        { "key too long", Metadata(w => { w.Write(ulong.MaxValue); w.Write(new byte[20]); }), "a metadata key", "18446744073709551615 bytes", "at most 20" },
        { "key empty", Metadata(w => { w.Write(0UL); w.Write(new byte[20]); }), "metadata key number 0", "''", "1 to 65535" },
        { "key not UTF-8", Metadata(w => { w.Write(1UL); w.Write((byte)0xFF); w.Write(new byte[20]); }), "metadata key number 0", "\uFFFD", "UTF-8" },
        { "key of 65536 bytes", new GgufBuilder().Add(new string('k', 65536), 1).Build(), "metadata key number 0", "65536 bytes long", "65535" },
        { "unknown value type", new GgufBuilder().AddRaw("k", (GgufValueType)13, new byte[8]).Build(), "metadata key 'k', its type", "13", "0 to 12" },
        { "value cut", new GgufBuilder().AddRaw("key", GgufValueType.UInt64, new byte[7]).Build(), "metadata key 'key', its value", "cut off", "8 more" },
        { "string too long", new GgufBuilder().AddRaw("k", GgufValueType.String, Longs(1UL << 63, 0)).Build(), "metadata key 'k', its string", "9223372036854775808 bytes", "at most 8" },
        { "boolean 2", new GgufBuilder().AddRaw("k", GgufValueType.Boolean, [2]).Build(), "metadata key 'k', its value", "2", "0 or 1" },
        { "nested array", new GgufBuilder().AddRaw("k", GgufValueType.Array, Array(9, 1, new byte[16])).Build(), "metadata key 'k', its element type", "an array", "not nested" },
        { "unknown element type", new GgufBuilder().AddRaw("k", GgufValueType.Array, Array(99, 1, new byte[8])).Build(), "its element type", "99", "0 to 12" },
        { "array too long", new GgufBuilder().AddRaw("k", GgufValueType.Array, Array(10, 0x2000_0000_0000_0001, new byte[8])).Build(), "its element count", "2305843009213693953", "at most 1" },
        { "strings too many", new GgufBuilder().AddRaw("k", GgufValueType.Array, Array(8, 4, new byte[24])).Build(), "its element count", "4", "at most 3" },
        { "string in array cut", new GgufBuilder().AddRaw("k", GgufValueType.Array, Array(8, 2, Longs(0, 1))).Build(), "metadata key 'k', its string", "1 bytes", "at most 0" },
        { "key twice", new GgufBuilder().Add("a", 1).Add("k", 1).Add("b", 1).Add("k", 2).Build(), "metadata entry number", "a second 'k'", "once" },
        { "alignment 0", new GgufBuilder().Add("general.alignment", 0u).Build(), "general.alignment", "0", "power of two" },
        { "alignment 24", new GgufBuilder().Add("general.alignment", 24u).Build(), "general.alignment", "24", "power of two" },
        { "alignment 2^31", new GgufBuilder().Add("general.alignment", 1u << 31).Build(), "general.alignment", "2147483648", "2097152" },
        { "alignment text", new GgufBuilder().Add("general.alignment", "32").Build(), "general.alignment", "of type String", "an integer" },
        { "tensor name empty", Tensor("", 0, [1], new byte[4]), "tensor number 0", "''", "1 to 65535" },
        { "no dimension", Tensor("t", 0, [], new byte[16]), "tensor 't', its number of dimensions", "0", "1 to 4" },
        { "five dimensions", Tensor("t", 0, [1, 1, 1, 1, 1], new byte[4]), "tensor 't', its number of dimensions", "5", "1 to 4" },
        { "dimension 0", Tensor("t", 0, [4, 0], new byte[4]), "tensor 't', its dimension 1", "0", "1 to" },
        { "dimension 2^63", Tensor("t", 0, [1UL << 63], new byte[4]), "its dimension 0", "9223372036854775808", "1 to" },
        { "product overflows", Tensor("t", 24, [1UL << 32, 1UL << 32], new byte[4]), "its dimensions", "18446744073709551616 elements", "at most" },
        { "product wraps to 0", Tensor("t", 24, [1UL << 62, 4, 1UL << 62, 4], new byte[4]), "its dimensions", "elements", "at most" },
        { "bytes overflow", Tensor("t", 28, [1UL << 61], new byte[4]), "its dimensions", "elements of F64", "bytes" },
        { "unknown type", Tensor("blk.0.w", 4, [1], new byte[4]), "tensor 'blk.0.w', its type", "ggml type id 4", "F32, F16" },
        { "row of half a block", Tensor("t", 8, [48], new byte[64]), "its dimension 0", "48", "multiple of 32" },
        { "offset unaligned", Tensor("t", 0, [1], new byte[64], 4), "its offset", "4", "alignment, 32" },
        { "offset outside", Tensor("t", 0, [1], new byte[4], 32), "tensor 't', its data", "4 bytes from offset 32", "4 bytes of tensor data" },
        { "offset wraps", Tensor("t", 0, [8], new byte[32], 0xFFFF_FFFF_FFFF_FFE0), "its data", "18446744073709551584", "inside" },
        { "data cut", Tensor("t", 0, [9], new byte[32]), "its data", "36 bytes from offset 0", "32 bytes" },
        { "data absent", Tensor("t", 0, [1], []), "its data", "4 bytes", "0 bytes" },
        { "tensor twice", new GgufBuilder().AddTensor("t", GgmlType.F32, [1], new byte[4]).AddTensor("t", GgmlType.F32, [1], new byte[4]).Build(), "tensor number", "a second 't'", "once" },
        { "overlap", new GgufBuilder().AddTensor("a", GgmlType.F32, [9], new byte[36], 0).AddTensor("b", GgmlType.F32, [1], new byte[64], 32).Build(), "tensor 'b', its offset", "32, inside the data of tensor 'a'", "36 or more" },
        { "same place", new GgufBuilder().AddTensor("a", GgmlType.I8, [1], new byte[1], 0).AddTensor("b", GgmlType.I8, [1], new byte[1], 0).Build(), "its offset", "inside the data", "1 or more" },
    };

    [Theory]
    [MemberData(nameof(Defects))]
    public void A_defect_is_named(string defect, byte[] bytes, string field, string found, string expected)
    {
        var error = Assert.Throws<InvalidModelException>(() => new GgufFile(bytes, defect));

        Assert.Equal(defect, error.File);
        Assert.Contains(field, error.Field, StringComparison.Ordinal);
        Assert.Contains(found, error.Found, StringComparison.Ordinal);
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
        Assert.All([error.File, error.Field, error.Found, error.Expected], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Hostile_text_cannot_fill_or_drive_the_message()
    {
        byte[] bytes = new GgufBuilder().AddRaw("\u001b[2J\r\n" + new string('x', 60000), (GgufValueType)13, new byte[8]).Build();

        var error = Assert.Throws<InvalidModelException>(() => GgufBuilder.Open(bytes));

        Assert.InRange(error.Message.Length, 1, 400);
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    [Fact]
    public void Vast_counts_cost_no_memory()
    {
        byte[] bytes = new GgufBuilder { MetadataCount = 20, TensorCount = 10 }.AddRaw("k", GgufValueType.Array, Array(8, 1000, new byte[8000])).Build();
        Assert.Throws<InvalidModelException>(() => GgufBuilder.Open(bytes));

        foreach (int place in new[] { 8, 16, 45 })
        {
            for (int shift = 0; shift < 64; shift++)
            {
                byte[] hostile = (byte[])bytes.Clone();
                BitConverter.TryWriteBytes(hostile.AsSpan(place), 1UL << shift);
                long before = GC.GetAllocatedBytesForCurrentThread();
                Record.Exception(() => GgufBuilder.Open(hostile).Dispose());
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, bytes.Length + 8192);
            }
        }
    }

    private static byte[] Metadata(Action<BinaryWriter> write) => [.. new GgufBuilder { MetadataCount = 1 }.Build(), .. GgufBuilder.Bytes(write)];

    private static byte[] Tensor(string name, uint type, ulong[] dimensions, byte[] data, ulong? offset = null) =>
        new GgufBuilder().AddTensor(name, (GgmlType)type, dimensions, data, offset).Build();

    private static byte[] Array(uint elementType, ulong count, byte[] data) => GgufBuilder.Bytes(w =>
    {
        w.Write(elementType);
        w.Write(count);
        w.Write(data);
    });

    private static byte[] Longs(params ulong[] values) => GgufBuilder.Bytes(w => System.Array.ForEach(values, w.Write));
}
