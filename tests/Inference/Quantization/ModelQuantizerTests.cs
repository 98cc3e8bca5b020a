using System.Runtime.InteropServices;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Quantization;
using KernelFoundry.Inference.Tests.Formats;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Inference.Tests.Quantization;

public sealed class ModelQuantizerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kf-quantize").FullName;

    private string Out => Path.Combine(_folder, "out.gguf");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void AQuantizedModelRunsAndIsNear()
    {
        var tiny = new TinyModel { Tied = false };
        using GgufFile source = tiny.File();
        IReadOnlyList<QuantizedTensor> tensors = Quantize(source, "Q8_0");
        using GgufFile written = GgufFile.Open(Out);
        Assert.Equal([.. source.Metadata.Select(v => v.Key), "general.file_type", "general.quantization_version"],
            written.Metadata.Select(v => v.Key));
        Assert.Equal(7u, written.Metadata.GetUInt32("general.file_type"));
        Assert.Equal(2u, written.Metadata.GetUInt32("general.quantization_version"));
        Assert.Equal(source.Tensors.Select(t => t.Name), written.Tensors.Select(t => t.Name));
        Assert.All(written.Tensors, t => Assert.Equal(t.Rank == 1 ? GgmlType.F32 : GgmlType.Q8_0, t.Type));
        Assert.Equal(tensors.Select(t => (t.To, t.Bytes)), written.Tensors.Select(t => (t.Type, t.ByteLength)));

        int[] tokens = [1, 262, 260, 268, 265];
        using Device device = TestDevices.Open("cpu-2");
        using LanguageModel model = LanguageModel.Open(Out, device, new ModelOptions { Architectures = [tiny.Architecture] });
        Assert.InRange(Logits.Error(tiny.Oracle().Logits(tokens), Logits.Run(model, tokens)), 1e-5, 0.05);
        Assert.Equal([Out], Directory.GetFiles(_folder));
    }

    [Fact]
    public void EveryRecipeWritesAFileThatReads()
    {
        using GgufFile source = new TinyModel { Embedding = 256, HeadDim = 64, FeedForward = 256, Layers = 1 }.File();
        foreach (QuantizationRecipe recipe in QuantizationRecipes.All)
        {
            Quantize(source, recipe.Name);
            using GgufFile written = GgufFile.Open(Out);
            Assert.Equal(recipe.FileType, written.Metadata.GetUInt32("general.file_type"));
            Assert.Equal(recipe.Type, written.Tensors["blk.0.attn_q.weight"].Type);
            foreach (GgufTensor tensor in written.Tensors)
            {
                float[] before = Values(source.Tensors[tensor.Name]), after = Values(tensor);
                double error = before.Zip(after, (x, y) => Math.Pow(x - y, 2)).Sum() / before.Sum(x => Math.Pow(x, 2));
                Assert.InRange(Math.Sqrt(error), 0, 0.32);
            }
        }
    }

    [Fact]
    public void BytesDoNotDependOnThreads()
    {
        using GgufFile source = new TinyModel().File();
        Quantize(source, "Q4_1", new QuantizationOptions { Threads = 1 });
        byte[] one = File.ReadAllBytes(Out);
        Quantize(source, "Q4_1", new QuantizationOptions { Threads = 5 });
        Assert.Equal(one, File.ReadAllBytes(Out));
    }

    [Theory]
    [InlineData(float.NaN, "Q8_0", "finite")]
    [InlineData(float.PositiveInfinity, "Q4_0", "finite")]
    [InlineData(1e6f, "F16", "F16 can hold")]
    public void NumbersThatCannotBeWrittenAreRefusedAndNothingIsLeft(float wrong, string recipe, string expected)
    {
        var tiny = new TinyModel
        {
            Change = tensors =>
            {
                TensorData data = tensors["blk.1.ffn_up.weight"];
                MemoryMarshal.Cast<byte, float>(data.Bytes.AsSpan())[70] = wrong;
            },
        };
        File.WriteAllText(Out, "before");
        using GgufFile source = tiny.File();
        var error = Assert.Throws<InvalidModelException>(() => Quantize(source, recipe));
        Assert.Contains("'blk.1.ffn_up.weight', element 6 of row 2", error.Field, StringComparison.Ordinal);
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
        Assert.Equal([Out], Directory.GetFiles(_folder));
        Assert.Equal("before", File.ReadAllText(Out));
    }

    [Fact]
    public void WeightsAreNotQuantizedTwice()
    {
        using GgufFile source = new TinyModel { Type = GgmlType.Q8_0 }.File();
        var error = Assert.Throws<InvalidModelException>(() => Quantize(source, "Q4_0"));
        Assert.Equal("Q8_0 and would become Q4_0", error.Found);
        Quantize(source, "F32");
        Quantize(source, "Q8_0");
        using GgufFile written = GgufFile.Open(Out);
        Assert.All(source.Tensors, t => Assert.Equal(t.Data.ToArray(), written.Tensors[t.Name].Data.ToArray()));
    }

    [Fact]
    public void CancellingLeavesNothing()
    {
        using GgufFile source = new TinyModel().File();
        using var cancel = new CancellationTokenSource();
        var options = new QuantizationOptions { Progress = new Watcher(share => cancel.Cancel()) };
        Assert.ThrowsAny<OperationCanceledException>(() =>
            ModelQuantizer.Quantize(source, Out, QuantizationRecipes.Find("Q8_0")!, options, cancel.Token));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void ProgressEndsAtOne()
    {
        using GgufFile source = new TinyModel().File();
        var seen = new List<double>();
        Quantize(source, "Q8_0", new QuantizationOptions { Progress = new Watcher(seen.Add) });
        Assert.Equal(seen.Order(), seen);
        Assert.Equal(1, seen[^1], 1e-9);
    }

    [Fact]
    public void ImportantColumnsErrLess()
    {
        const string name = "blk.0.ffn_down.weight";
        using GgufFile source = new TinyModel { Layers = 1 }.File();
        int columns = (int)source.Tensors[name].Columns;
        var random = new Random(3);
        float[] sums = [.. Enumerable.Range(0, columns).Select(_ => MathF.Exp(6 * random.NextSingle()))];
        using GgufFile matrix = Importance(name, columns, sums);
        double without = Error(null), with = Error(new ImportanceFile(matrix));
        Assert.InRange(with / without, 0, 0.97);

        double Error(ImportanceFile? importance)
        {
            Quantize(source, "Q4_1", new QuantizationOptions { Importance = importance });
            using GgufFile written = GgufFile.Open(Out);
            float[] before = Values(source.Tensors[name]), after = Values(written.Tensors[name]);
            return before.Select((x, i) => sums[i % columns] * Math.Pow(x - after[i], 2)).Sum();
        }
    }

    [Fact]
    public void ImportanceOfAnotherModelIsRefused()
    {
        using GgufFile source = new TinyModel().File(), matrix = Importance("blk.0.attn_q.weight", 8, new float[8]);
        var options = new QuantizationOptions { Importance = new ImportanceFile(matrix) };
        var error = Assert.Throws<InvalidModelException>(() => Quantize(source, "Q8_0", options));
        Assert.Contains("1 matrices of 8 columns", error.Found, StringComparison.Ordinal);
        Assert.Throws<InvalidModelException>(() => new ImportanceFile(source));
        using GgufFile negative = Importance("a", 2, [1, -1]);
        Assert.Throws<InvalidModelException>(() => new ImportanceFile(negative));
    }

    private static GgufFile Importance(string name, int columns, float[] sums) => new GgufBuilder()
        .AddTensor(name + ".in_sum2", GgmlType.F32, [(ulong)columns, 1], MemoryMarshal.AsBytes(sums.AsSpan()).ToArray())
        .AddTensor(name + ".counts", GgmlType.F32, [1, 1], BitConverter.GetBytes(16f)).Open();

    private static float[] Values(GgufTensor tensor)
    {
        var values = new float[tensor.ElementCount];
        TensorCodecs.Of(tensor.Type).Decode(tensor.Data, values);
        return values;
    }

    private IReadOnlyList<QuantizedTensor> Quantize(GgufFile source, string recipe, QuantizationOptions? options = null) =>
        ModelQuantizer.Quantize(source, Out, QuantizationRecipes.Find(recipe)!, options);

    private sealed class Watcher(Action<double> watch) : IProgress<double>
    {
        public void Report(double value) => watch(value);
    }
}
