using KernelFoundry.Inference.Evaluation;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Quantization;
using KernelFoundry.Inference.Tests;

namespace KernelFoundry.EndToEnd.Tests;

/// <summary>What quantizing costs a real model, in the likelihood of a story of its own.</summary>
public sealed class QuantizedStoriesTests : IDisposable
{
    private const int Context = 128;
    private readonly string _folder = Directory.CreateTempSubdirectory("kf-stories").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Its rows are too short for blocks of 256. Every format is measured with its numbers written back as floats, so that the arithmetic is
    // the same; bounds are about twice what was measured.
    [Fact]
    public void FewerBitsLoseLikelihood()
    {
        using Device device = TestDevices.Open("cpu-2");
        using GgufFile source = GgufFile.Open(Stories.File("f32"));
        double whole = Loss(device, Stories.File("f32"));
        var losses = new Dictionary<string, double>();
        foreach (string type in new[] { "F16", "Q8_0", "Q5_1", "Q5_0", "Q4_1", "IQ4_NL", "Q4_0", "MXFP4" })
        {
            losses[type] = Loss(device, Quantized(source, type)) - whole;
            TestContext.Current.TestOutputHelper?.WriteLine($"{type}: {losses[type]:+0.00000;-0.00000}");
        }

        Assert.InRange(losses["F16"], -1e-3, 1e-3);
        Assert.InRange(losses["Q8_0"], -5e-3, 5e-3);
        Assert.InRange(Math.Max(losses["Q5_0"], losses["Q5_1"]), 1e-3, 0.06);
        double four = new[] { losses["Q4_1"], losses["IQ4_NL"], losses["Q4_0"] }.Max();
        Assert.InRange(four, Math.Max(losses["Q5_0"], losses["Q5_1"]), 0.2);
        Assert.InRange(losses["MXFP4"], four / 2, 0.4);
    }

    // The file as quantized by another program: the same codes, so the same likelihood.
    [Theory]
    [InlineData("q8_0")]
    [InlineData("q4_0")]
    public void TheReferencesFilesHaveTheSameWeights(string type)
    {
        using GgufFile source = GgufFile.Open(Stories.File("f32")), reference = GgufFile.Open(Stories.File(type));
        string path = Path.Combine(_folder, "out.gguf");
        QuantizationRecipe recipe = QuantizationRecipes.Find(type)!;
        ModelQuantizer.Quantize(source, path, recipe);
        using GgufFile own = GgufFile.Open(path);
        int same = 0;
        foreach (GgufTensor tensor in own.Tensors.Where(t => t.Type == recipe.Type && reference.Tensors[t.Name].Type == t.Type))
        {
            // Half-way codes may be rounded either way.
            ReadOnlySpan<byte> a = tensor.Data, b = reference.Tensors[tensor.Name].Data;
            int different = 0;
            for (int i = 0; i < a.Length; i++)
                different += a[i] == b[i] ? 0 : 1;
            Assert.InRange(different / (double)a.Length, 0, 0.002);
            same++;
        }

        Assert.InRange(same, 20, own.Tensors.Count);
    }

    private string Quantized(GgufFile source, string type)
    {
        string small = Path.Combine(_folder, $"{type}.gguf"), back = Path.Combine(_folder, $"{type}-f32.gguf");
        ModelQuantizer.Quantize(source, small, QuantizationRecipes.Find(type)!);
        using GgufFile quantized = GgufFile.Open(small);
        ModelQuantizer.Quantize(quantized, back, QuantizationRecipes.Find("F32")!);
        return back;
    }

    private static double Loss(Device device, string path)
    {
        using LanguageModel model = LanguageModel.Open(path, device);
        return Perplexity.Measure(model, Stories.Greedy().All, Context).NegativeLogLikelihood;
    }
}
