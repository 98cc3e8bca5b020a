using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Tests.Formats;

public class GgufFileTests
{
    [Fact]
    public void BeyondFourGibibytesAFileIsMapped()
    {
        const ulong Elements = (5UL << 30) / sizeof(float);
        using var folder = new TemporaryFolder();
        string path = folder.File("large.gguf");
        byte[] header = new GgufBuilder().AddTensor("large", GgmlType.F32, [Elements], []).AddTensor("last", GgmlType.F32, [1], [], 4 * Elements).Build();
        using (FileStream stream = File.Create(path))
        {
            stream.Write(header);
            stream.SetLength(header.Length + (long)(4 * Elements) + 4);
            stream.Seek(-4, SeekOrigin.End);
            stream.Write([0, 0, 128, 63]);
        }

        using GgufFile file = GgufFile.Open(path);
        Assert.Equal((long)Elements, file.Tensors["large"].ElementCount);
        Assert.Equal([0, 0, 128, 63], file.Tensors["last"].Data.ToArray());
        Assert.Equal(0, file.Tensors["large"].Slice(4L << 30, 8)[7]);
    }

    [Fact]
    public void Every_scalar_type_reads_back()
    {
        using var file = new GgufBuilder()
            .Add("u8", (byte)200).Add("i8", (sbyte)-100).Add("u16", (ushort)60000).Add("i16", (short)-30000)
            .Add("u32", 4_000_000_000u).Add("i32", -2_000_000_000).Add("f32", 1.5f).Add("yes", true).Add("no", false)
            .Add("text", "héllo").Add("u64", ulong.MaxValue).Add("i64", long.MinValue).Add("f64", 0.1)
            .Open();
        var metadata = file.Metadata;

        Assert.Equal(13, metadata.Count);
        Assert.Equal(200u, metadata.GetUInt32("u8"));
        Assert.Equal(-100, metadata.GetInt64("i8"));
        Assert.Equal(60000u, metadata.GetUInt32("u16"));
        Assert.Equal(-30000, metadata.GetInt64("i16"));
        Assert.Equal(4_000_000_000u, metadata.GetUInt32("u32"));
        Assert.Equal(-2_000_000_000, metadata.GetInt64("i32"));
        Assert.Equal(1.5f, metadata.GetSingle("f32"));
        Assert.True(metadata.GetBoolean("yes"));
        Assert.False(metadata.GetBoolean("no"));
        Assert.Equal("héllo", metadata.GetString("text"));
        Assert.Equal(long.MinValue, metadata.GetInt64("i64"));
        Assert.Equal(0.1, metadata.GetValue("f64").GetDouble());
        Assert.Equal("18446744073709551615", metadata.GetValue("u64").ToString());
        Assert.Equal(["u8", "i8", "u16", "i16", "u32", "i32", "f32", "yes", "no", "text", "u64", "i64", "f64"], metadata.Select(v => v.Key));
    }

    [Fact]
    public void Arrays_read_back()
    {
        string[] strings = Enumerable.Range(0, 100).Select(i => new string((char)('a' + (i % 26)), i % 7)).ToArray();
        using var file = new GgufBuilder()
            .Add("strings", strings).Add("floats", new[] { 1f, -2.5f }).Add("doubles", new[] { 0.5 }).Add("ints", new[] { 3, -4 })
            .Add("longs", new[] { 5L, -6L }).Add("bytes", new byte[] { 7, 255 }).Add("flags", new[] { true, false }).Add("empty", Array.Empty<int>())
            .Open();
        var metadata = file.Metadata;

        var read = metadata.GetStrings("strings");
        Assert.Equal(strings, Enumerable.Range(0, read.Count).Select(read.GetString));
        Assert.Equal(strings.Sum(s => s.Length), read.ByteLength);
        Assert.Equal([1f, -2.5f], metadata.GetSingles("floats"));
        Assert.Equal([0.5f], metadata.GetSingles("doubles"));
        Assert.Equal([3, -4], metadata.GetInt32s("ints"));
        Assert.Equal([5, -6], metadata.GetInt32s("longs"));
        Assert.Equal(255, metadata.GetValue("bytes").GetInt64(1));
        Assert.True(metadata.GetValue("flags").GetBoolean(0));
        Assert.False(metadata.GetValue("flags").GetBoolean(1));
        Assert.Empty(metadata.GetInt32s("empty"));
        Assert.Throws<ArgumentOutOfRangeException>(() => metadata.GetValue("bytes").GetInt64(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => read[100].Length);
    }

    [Fact]
    public void Absent_keys_are_told_apart_from_wrong_types()
    {
        using var file = new GgufBuilder().Add("text", "x").Add("negative", -1).Add("long", 1L << 40).Add("ints", new[] { 1 }).Open();
        var metadata = file.Metadata;

        Assert.False(metadata.TryGetString("absent", out _));
        Assert.False(metadata.TryGetUInt32("absent", out _));
        Assert.False(metadata.TryGetInt64("absent", out _));
        Assert.False(metadata.TryGetSingle("absent", out _));
        Assert.False(metadata.TryGetBoolean("absent", out _));
        Assert.False(metadata.TryGetStrings("absent", out _));
        Assert.False(metadata.TryGetSingles("absent", out _));
        Assert.False(metadata.TryGetInt32s("absent", out _));
        Assert.False(metadata.ContainsKey(new string('k', 1000)));

        var missing = Assert.Throws<InvalidModelException>(() => metadata.GetString("absent"));
        Assert.Equal(("test.gguf", "metadata key 'absent'", "absent", "a string"), (missing.File, missing.Field, missing.Found, missing.Expected));
        var wrong = Assert.Throws<InvalidModelException>(() => metadata.TryGetUInt32("text", out _));
        Assert.Equal(("metadata key 'text'", "of type String", "an integer"), (wrong.Field, wrong.Found, wrong.Expected));
        Assert.Throws<InvalidModelException>(() => metadata.GetUInt32("negative"));
        Assert.Throws<InvalidModelException>(() => metadata.GetUInt32("long"));
        Assert.Throws<InvalidModelException>(() => metadata.GetUInt32("ints"));
        Assert.Throws<InvalidModelException>(() => metadata.GetBoolean("ints"));
        Assert.Throws<InvalidModelException>(() => metadata.GetSingles("ints"));
        Assert.Throws<InvalidModelException>(() => metadata.GetStrings("ints"));
        Assert.Throws<InvalidModelException>(() => metadata.GetInt32s("negative"));
    }

    [Theory]
    [InlineData(2u, 8)]
    [InlineData(3u, 32)]
    [InlineData(3u, 4096)]
    public void Tensors_are_found_in_place(uint version, int alignment)
    {
        byte[] first = Enumerable.Range(0, 24).Select(i => (byte)i).ToArray();
        byte[] second = Enumerable.Range(0, 2 * 3 * 34).Select(i => (byte)(i * 7)).ToArray();
        var builder = new GgufBuilder { Version = version, Alignment = alignment }
            .Add("general.alignment", (uint)alignment)
            .AddTensor("first", GgmlType.F32, [6], first)
            .AddTensor("second", GgmlType.Q8_0, [64, 1, 3], second);
        using var file = builder.Open();

        Assert.Equal(((int)version, alignment, 2), (file.Version, file.Alignment, file.Tensors.Count));
        var a = file.Tensors["first"];
        Assert.Equal((1, 6L, 1L, 6L, 24L, GgmlType.F32), (a.Rank, a.Columns, a.Rows, a.ElementCount, a.ByteLength, a.Type));
        Assert.Equal(first, a.Data.ToArray());
        Assert.Equal(0, a.Offset % alignment);
        var b = file.Tensors[1];
        Assert.Equal(("second", 3, 64L, 3L, 68L), (b.Name, b.Rank, b.Columns, b.Rows, b.RowBytes));
        Assert.Equal((64L, 1L, 3L, 1L), (b.Dimension(0), b.Dimension(1), b.Dimension(2), b.Dimension(3)));
        Assert.Equal(second, b.Data.ToArray());
        Assert.Equal(second[68..136], b.Slice(68, 68).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => b.Slice(200, 5).Length);
        Assert.Equal("second [64, 1, 3] Q8_0", b.ToString());
        Assert.False(file.Tensors.TryGet("third", out _));
        Assert.Contains("'third'", Assert.Throws<InvalidModelException>(() => file.Tensors["third"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_may_lie_in_any_order_with_gaps()
    {
        using var file = new GgufBuilder()
            .AddTensor("late", GgmlType.F32, [8], new byte[32], offset: 128)
            .AddTensor("early", GgmlType.F32, [8], new byte[32], offset: 0)
            .AddTensor("next", GgmlType.F32, [24], new byte[96], offset: 32)
            .Open();
        Assert.Equal([file.Tensors.DataStart + 128, file.Tensors.DataStart, file.Tensors.DataStart + 32], file.Tensors.Select(t => t.Offset));
    }

    [Fact]
    public void A_mapped_file_reads_like_memory_and_closes()
    {
        string path = Path.Combine(Path.GetTempPath(), $"kernelfoundry-{Guid.NewGuid():N}.gguf");
        byte[] data = Enumerable.Range(0, 64).Select(i => (byte)i).ToArray();
        File.WriteAllBytes(path, new GgufBuilder().Add("key", "value").AddTensor("t", GgmlType.I8, [64], data).Build());
        try
        {
            var file = GgufFile.Open(path);
            var tensor = file.Tensors["t"];
            Assert.Equal("value", file.Metadata.GetString("key"));
            Assert.Equal(data, tensor.Data.ToArray());
            unsafe
            {
                Assert.Equal(data[63], tensor.Pointer[63]);
            }

            Assert.Equal(new FileInfo(path).Length, file.Length);
            file.Dispose();
            file.Dispose();
            Assert.Throws<ObjectDisposedException>(() => file.Metadata.GetString("key"));
            Assert.Throws<ObjectDisposedException>(() => tensor.Data.Length);

            File.WriteAllBytes(path, []);
            var empty = Assert.Throws<InvalidModelException>(() => GgufFile.Open(path));
            Assert.Equal((path, "the magic"), (empty.File, empty.Field));
        }
        finally
        {
            File.Delete(path);
        }

        Assert.Throws<FileNotFoundException>(() => GgufFile.Open(path));
    }

    [Fact]
    public void The_densest_files_open_within_their_own_size()
    {
        // The shortest metadata entries and tensors there can be, so that what is held for each weighs most.
        var builder = new GgufBuilder();
        for (int i = 0; i < 20_000; i++)
            builder.AddRaw(Name(i), GgufValueType.UInt8, [0]);
        for (int i = 0; i < 20_000; i++)
            builder.AddTensor(Name(i), GgmlType.I8, [1], [], offset: 32 * (ulong)i);
        byte[] bytes = [.. builder.Build(), .. new byte[32 * 20_001]];
        byte[] metadataOnly = builder.Build();
        GgufBuilder.Open(bytes).Dispose();

        Assert.InRange(AllocationOf(bytes), 0, metadataOnly.Length + 4096);

        static string Name(int i) => $"{(char)(' ' + (i % 95))}{(char)(' ' + (i / 95 % 95))}{(char)(' ' + (i / 9025))}";
    }

    [Fact]
    public void The_reference_model_has_its_parts()
    {
        using var file = GgufFile.Open(ReferenceFiles.Require("models", "stories260k-q4_0.gguf"));

        Assert.Equal("llama", file.Metadata.GetString("general.architecture"));
        Assert.Equal(64u, file.Metadata.GetUInt32("llama.embedding_length"));
        Assert.Equal(1e-5f, file.Metadata.GetSingle("llama.attention.layer_norm_rms_epsilon"));
        Assert.Equal((26, 47), (file.Metadata.Count, file.Tensors.Count));
        var embedding = file.Tensors["token_embd.weight"];
        Assert.Equal((GgmlType.Q8_0, 512L, 64L, 34816L), (embedding.Type, embedding.Rows, embedding.Columns, embedding.ByteLength));
        var down = file.Tensors["blk.4.ffn_down.weight"];
        Assert.Equal((GgmlType.F16, 64L, 172L), (down.Type, down.Rows, down.Columns));
        Assert.Equal(file.Length, file.Tensors.Max(t => t.Offset + t.ByteLength));
    }

    internal static long AllocationOf(byte[] bytes)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        GgufBuilder.Open(bytes).Dispose();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
