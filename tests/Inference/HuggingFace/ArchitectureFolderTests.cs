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
        double[][] expected = [.. Logits.Run(file, tokens).Select(row => row.Select(x => (double)x).ToArray())];

        // Gemma's weights lose a bit when 1 is taken off and added again.
        Assert.InRange(Logits.Error(expected, Logits.Run(model, tokens)), 0, name.StartsWith("gemma", StringComparison.Ordinal) ? 3e-6 : 0);
    }

    [Fact]
    public void Every_row_has_a_case()
    {
        var covered = Definitions.All.Values.Where(ArchitectureFolder.Has).Select(definition => definition.Name).ToHashSet();
        Assert.Empty(HuggingFaceArchitectures.All.Select(row => row.Name).Except(covered));
        Assert.Empty(HuggingFaceArchitectures.All.Select(row => row.Name).Except(ModelArchitectures.All.Select(architecture => architecture.Name)));
    }
}
