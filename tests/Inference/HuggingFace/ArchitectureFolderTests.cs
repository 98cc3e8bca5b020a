using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.HuggingFace;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Architectures;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Inference.Tests.HuggingFace;

/// <summary>Every architecture with a row: a folder gives the tensors and the logits of the GGUF file of the same model, whose logits are checked against its definition.</summary>
public class ArchitectureFolderTests
{
    public static TheoryData<string> Names => [.. Definitions.All.Where(entry => ArchitectureFolder.Has(entry.Value)).Select(entry => entry.Key)];

    [Theory]
    [MemberData(nameof(Names))]
    public void AFolderIsTheFile(string name)
    {
        Definition definition = Definitions.All[name];
        var drawn = new DrawnModel(definition);
        using var folder = new ArchitectureFolder(definition, drawn);
        using Device device = TestDevices.Open("cpu-1");
        using LanguageModel file = LanguageModel.Open(new GgufFile(drawn.Build(), name), device), model = LanguageModel.Open(folder.Path, device);

        var random = new Random(3);
        int[] tokens = [.. Enumerable.Range(0, 37).Select(_ => random.Next(250))];

        // Gemma's weights lose a bit when 1 is taken off and added again.
        Assert.InRange(Error(file, model, tokens), 0, name.StartsWith("gemma", StringComparison.Ordinal) ? 3e-6 : 0);
    }

    // Four-bit floats have other places in GGUF and are the same; eight-bit floats become BF16, which the drawn numbers were rounded to.
    [Theory]
    [InlineData("gpt-oss", MatrixForm.Fours)]
    [InlineData("deepseek2, V3", MatrixForm.Eights)]
    [InlineData("qwen3", MatrixForm.Eights)]
    [InlineData("llama, experts (Mixtral)", MatrixForm.Eights)]
    public void AFolderOfFewBitsIsTheFile(string name, MatrixForm form)
    {
        Definition definition = Definitions.All[name];
        var drawn = new DrawnModel(definition, form == MatrixForm.Fours ? GgmlType.MXFP4 : GgmlType.F32, only: "_exps");
        using var folder = new ArchitectureFolder(definition, drawn, form);
        using Device device = TestDevices.Open("cpu-1");
        using LanguageModel file = LanguageModel.Open(new GgufFile(drawn.Build(), name), device), model = LanguageModel.Open(folder.Path, device);
        using HuggingFaceModel opened = HuggingFaceModel.Open(folder.Path);
        GgmlType type = form == MatrixForm.Fours ? GgmlType.MXFP4 : GgmlType.BF16;
        Assert.Contains(opened.File.Tensors, tensor => tensor.Type == type && tensor.Name.StartsWith("blk.1.", StringComparison.Ordinal));
        foreach (GgufTensor tensor in opened.File.Tensors)
        {
            var values = new float[tensor.ElementCount];
            TensorCodecs.Of(tensor.Type).Decode(tensor.Data, values);
            Assert.Equal(drawn.Tensors[tensor.Name].Values, values);
        }

        int[] tokens = ArchitectureTests.Tokens(drawn, 37);
        Assert.InRange(Error(file, model, tokens), 0, form == MatrixForm.Fours ? 0 : 2e-6);
    }

    private static double Error(LanguageModel file, LanguageModel model, int[] tokens) => Logits.Error(
        [.. ArchitectureTests.Run(file, tokens, tokens.Length).Select(row => row.Select(x => (double)x).ToArray())], ArchitectureTests.Run(model, tokens, tokens.Length));

    [Fact]
    public void Every_row_has_a_case()
    {
        var covered = Definitions.All.Values.Where(ArchitectureFolder.Has).Select(definition => definition.Name).ToHashSet();
        Assert.Empty(HuggingFaceArchitectures.All.Select(row => row.Name).Except(covered));
        Assert.Empty(HuggingFaceArchitectures.All.Select(row => row.Name).Except(ModelArchitectures.All.Select(architecture => architecture.Name)));
    }
}
