using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Tests.Formats;

public class GgufShardsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Any_of_the_files_opens_all(int given)
    {
        using var folder = new TemporaryFolder();
        Write(folder, 3);
        using GgufFile file = GgufFile.Open(Name(folder, given, 3));

        Assert.Equal(3, file.Tensors.Count);
        Assert.Equal("test", file.Metadata.GetString("general.architecture"));
        Assert.False(file.Metadata.ContainsKey("split.count"));
        for (int i = 0; i < 3; i++)
        {
            GgufTensor tensor = file.Tensors[$"t{i}"];
            Assert.Equal(Enumerable.Repeat((byte)(i + 1), 128), tensor.Data.ToArray());
            var copy = new byte[128];
            tensor.Read(0, copy);
            Assert.Equal(tensor.Data.ToArray(), copy);
        }
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        using var folder = new TemporaryFolder();
        Write(folder, 3);
        File.Delete(Name(folder, 2, 3));
        var error = Assert.Throws<InvalidModelException>(() => GgufFile.Open(Name(folder, 1, 3)));
        Assert.Contains("m-00002-of-00003.gguf", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_another_model_is_refused()
    {
        using var folder = new TemporaryFolder();
        Write(folder, 3);
        File.WriteAllBytes(Name(folder, 2, 3), Shard(2, 3, 3, "other"));
        Assert.Contains("split.no", Assert.Throws<InvalidModelException>(() => GgufFile.Open(Name(folder, 1, 3))).Message, StringComparison.Ordinal);

        File.WriteAllBytes(Name(folder, 2, 3), Shard(1, 3, 3, "t0"));
        Assert.Contains("'t0'", Assert.Throws<InvalidModelException>(() => GgufFile.Open(Name(folder, 1, 3))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(2)]
    public void The_number_of_tensors_must_be_what_the_first_says(int tensors)
    {
        using var folder = new TemporaryFolder();
        Write(folder, 3, tensors);
        Assert.Contains("split.tensors.count", Assert.Throws<InvalidModelException>(() => GgufFile.Open(Name(folder, 1, 3))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_says_nothing_of_the_others_is_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("model.gguf"), Shard(0, 3, 3, "t0"));
        Assert.Contains("-00001-of-00003.gguf", Assert.Throws<InvalidModelException>(() => GgufFile.Open(folder.File("model.gguf"))).Message, StringComparison.Ordinal);
    }

    private static void Write(TemporaryFolder folder, int count, int? tensors = null)
    {
        for (int i = 0; i < count; i++)
            File.WriteAllBytes(Name(folder, i + 1, count), Shard(i, count, tensors ?? count, $"t{i}"));
    }

    private static string Name(TemporaryFolder folder, int number, int count) => folder.File($"m-{number:D5}-of-{count:D5}.gguf");

    private static byte[] Shard(int number, int count, int tensors, string tensor) => new GgufBuilder()
        .Add("general.architecture", "test").Add("split.no", (ushort)number).Add("split.count", (ushort)count).Add("split.tensors.count", tensors)
        .AddTensor(tensor, GgmlType.F32, [32], [.. Enumerable.Repeat((byte)(number + 1), 128)]).Build();
}
