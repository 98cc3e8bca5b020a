using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Tests.Formats;

public class GgufWriterTests
{
    [Theory]
    [InlineData(32)]
    [InlineData(128)]
    public void WhatIsCopiedIsTheSame(int alignment)
    {
        using GgufFile source = new GgufBuilder { Alignment = alignment }.Add("general.alignment", (uint)alignment)
            .Add("byte", (byte)200).Add("short", (short)-3).Add("long", long.MinValue).Add("flag", true).Add("pi", 3.14f).Add("e", 2.71)
            .Add("text", "ä b").Add("empty", "").Add("texts", new[] { "", "x", "yz" }).Add("floats", new[] { 1f, -2f })
            .Add("none", Array.Empty<int>())
            .Add("general.file_type", 0u).AddTensor("a", GgmlType.F32, [3], new byte[12]).Open();
        var writer = new GgufWriter(alignment);
        writer.Copy(source.Metadata);
        writer.Set("general.file_type", 7);
        writer.Set("note", "new");
        writer.AddTensor("b", [64, 2], GgmlType.Q8_0);
        writer.AddTensor("c", [5], GgmlType.F16);
        byte[][] data = [[.. Enumerable.Range(0, 136).Select(i => (byte)i)], [.. Enumerable.Range(0, 10).Select(i => (byte)(i + 7))]];
        using var stream = new MemoryStream();
        writer.Write(stream, (i, output) => output.Write(data[i]));
        using GgufFile written = GgufBuilder.Open(stream.ToArray());
        Assert.Equal((3, alignment), (written.Version, written.Alignment));
        Assert.Equal([.. source.Metadata.Select(v => v.Key), "note"], written.Metadata.Select(v => v.Key));
        Assert.All(source.Metadata.Where(v => v.Key != "general.file_type"), value =>
            Assert.Equal(value.RawBytes.ToArray(), written.Metadata.GetValue(value.Key).RawBytes.ToArray()));
        Assert.Equal((7u, "new"), (written.Metadata.GetUInt32("general.file_type"), written.Metadata.GetString("note")));
        Assert.Equal(["b [64, 2] Q8_0", "c [5] F16"], written.Tensors.Select(t => t.ToString()));
        Assert.Equal(data, written.Tensors.Select(t => t.Data.ToArray()));
        Assert.All(written.Tensors, t => Assert.Equal(0, t.Offset % alignment));
    }

    [Fact]
    public void MistakesOfTheCallerAreErrors()
    {
        var writer = new GgufWriter();
        Assert.Throws<ArgumentException>(() => writer.AddTensor("a", [33], GgmlType.Q8_0));
        writer.AddTensor("a", [32], GgmlType.Q8_0);
        Assert.Throws<ArgumentException>(() => writer.AddTensor("a", [32], GgmlType.Q8_0));
        using var stream = new MemoryStream();
        var error = Assert.Throws<InvalidOperationException>(() => writer.Write(stream, (_, output) => output.WriteByte(1)));
        Assert.Contains("'a'", error.Message, StringComparison.Ordinal);
    }
}
