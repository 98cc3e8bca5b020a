using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using KernelFoundry.Inference.Formats.Safetensors;

namespace KernelFoundry.Inference.Tests.Formats;

public class SafetensorsFileTests
{
    [Fact]
    public void Tensors_are_found_with_their_bytes()
    {
        byte[] bytes = new SafetensorsBuilder().Add("a.weight", "F32", [2, 3], [.. Enumerable.Range(0, 24).Select(i => (byte)i)])
            .Add("b", "BF16", [], [7, 8]).Add("empty", "I64", [0, 4], []).Build();
        using var file = new SafetensorsFile(bytes);

        SafetensorsTensor a = file.Find("a.weight")!;
        Assert.Equal([2L, 3L], a.Shape);
        Assert.Equal((6L, 24L, "F32"), (a.ElementCount, a.ByteLength, a.Type.Name));
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (byte)i), a.Data.ToArray());
        Assert.Equal([7, 8], file.Find("b")!.Data.ToArray());
        Assert.Equal(0, file.Find("empty")!.ByteLength);
        Assert.Null(file.Find("c"));
        Assert.Equal("pt", file.Metadata["format"]);
    }

    [Theory]
    [InlineData("", "the length of the header")]
    [InlineData("[]", "the header")]
    [InlineData(" {}", "the header")]
    [InlineData("{", "the header")]
    [InlineData("{}{}", "the header")]
    [InlineData("{\"a\":1}", "the header")]
    [InlineData("{\"a\":{\"dtype\":\"F32\"}}", "incomplete")]
    [InlineData("{\"a\":{\"dtype\":\"F33\",\"shape\":[1],\"data_offsets\":[0,4]}}", "its dtype")]
    [InlineData("{\"a\":{\"dtype\":4,\"shape\":[1],\"data_offsets\":[0,4]}}", "its dtype")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", "its shape")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", "its shape")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]}}", "its shape")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807,9223372036854775807,0],\"data_offsets\":[0,4]}}", "its shape")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", "its data_offsets")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}", "its data_offsets")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", "its data_offsets")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", "its data_offsets")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "after a gap")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "the data")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}", "twice")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "inside another")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"more\":1}}", "more")]
    [InlineData("{\"a\":{\"dtype\":\"F4\",\"shape\":[1],\"data_offsets\":[0,0]}}", "its data_offsets")]
    [InlineData("{\"__metadata__\":{\"a\":1}}", "its values")]
    [InlineData("{\"\\ud800\":{}}", "the header")]
    public void A_wrong_header_is_refused_by_what_is_wrong(string header, string field)
    {
        var error = Assert.Throws<InvalidModelException>(() => new SafetensorsFile(SafetensorsBuilder.Raw(header, new byte[8]), "wrong.safetensors"));
        Assert.Contains(field, error.Message, StringComparison.Ordinal);
        Assert.Contains("wrong.safetensors", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    public void A_file_that_is_cut_off_is_refused(int length)
    {
        byte[] bytes = new SafetensorsBuilder().Add("a", "F32", [1], new byte[4]).Build();
        Assert.Throws<InvalidModelException>(() => new SafetensorsFile(bytes.AsMemory(0, length)));
    }

    [Theory]
    [InlineData(100_000_001)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public void A_huge_header_is_refused(long length)
    {
        var bytes = SafetensorsBuilder.Raw("{}", [], (ulong)length);
        Assert.Contains("the length of the header", Assert.Throws<InvalidModelException>(() => new SafetensorsFile(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_of_many_tensors_takes_time_and_memory_in_proportion()
    {
        var header = new StringBuilder("{");
        for (int i = 0; i < 200_000; i++)
            header.Append(i == 0 ? "" : ",").Append($"\"t{i}\":{{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[{i},{i + 1}]}}");
        byte[] bytes = SafetensorsBuilder.Raw(header.Append('}').ToString(), new byte[200_000]);
        long before = GC.GetAllocatedBytesForCurrentThread(), started = Stopwatch.GetTimestamp();
        using var file = new SafetensorsFile(bytes);

        Assert.Equal(200_000, file.Tensors.Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 40L * bytes.Length);
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 20);
    }

    [Fact]
    public void Beyond_four_gibibytes_a_file_is_mapped()
    {
        const long Elements = (5L << 30) / sizeof(float);
        using var folder = new TemporaryFolder();
        string path = folder.File("model.safetensors");
        string header = $"{{\"large\":{{\"dtype\":\"F32\",\"shape\":[{Elements}],\"data_offsets\":[0,{4 * Elements}]}},\"last\":{{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[{4 * Elements},{(4 * Elements) + 4}]}}}}";
        using (var stream = File.Create(path))
        {
            stream.Write(SafetensorsBuilder.Raw(header, []));
            stream.SetLength(stream.Length + (4 * Elements) + 4);
            stream.Seek(-4, SeekOrigin.End);
            stream.Write([0, 0, 128, 63]);
        }

        using var file = SafetensorsFile.Open(path);
        Assert.Equal(Elements, file.Find("large")!.ElementCount);
        Assert.Equal(1f, BinaryPrimitives.ReadSingleLittleEndian(file.Find("last")!.Data));
        Assert.Equal(0, file.Find("large")!.Slice(4L << 30, 8)[7]);
    }
}
