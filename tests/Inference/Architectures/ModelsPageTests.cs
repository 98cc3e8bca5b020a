using System.Runtime.CompilerServices;
using System.Text;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Tests.Architectures;

/// <summary>docs/models.md is made of the records and of what was compared; KF_UPDATE_GOLDEN=1 writes it.</summary>
public class ModelsPageTests
{
    [Fact]
    public void ThePageListsTheRecordsAndWhatTheyWereComparedWith()
    {
        string path = Page("models.md"), page = File.ReadAllText(path), expected = Filled(page);
        if (Environment.GetEnvironmentVariable("KF_UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, expected);
        else
            Assert.True(page == expected, "docs/models.md is not what the records say; KF_UPDATE_GOLDEN=1 writes it.");
    }

    // A case that was added has not been compared until bench/peers/architectures.sh has run.
    [Fact]
    public void EveryCaseThatLlamaCppHasWasComparedWithIt() =>
        Assert.Equal(Definitions.All.Keys.Except(Definitions.NotInLlamaCpp.Keys).Order(), Errors().Errors.Keys.Order());

    private static string Filled(string page)
    {
        (string release, Dictionary<string, string> errors) = Errors();
        var table = new StringBuilder($"\n| architecture | models | what it is | compared with its definition as | llama.cpp {release} gives the same to |\n|---|---|---|---|---|\n");
        foreach (ModelArchitecture architecture in ModelArchitectures.All)
        {
            string[] cases = [.. Definitions.All.Where(pair => pair.Value.Name == architecture.Name).Select(pair => pair.Key)];
            table.Append($"| `{architecture.Name}` | {architecture.Models} | {string.Join(", ", Choices(architecture))} | {string.Join("<br>", cases)} | ")
                .AppendJoin("<br>", cases.Select(name => errors.TryGetValue(name, out string? error) ? error : $"not compared: {Definitions.NotInLlamaCpp.GetValueOrDefault(name, "not yet run")}"))
                .Append(" |\n");
        }

        const string begin = "<!-- architectures:begin -->", end = "<!-- architectures:end -->";
        return page[..(page.IndexOf(begin, StringComparison.Ordinal) + begin.Length)] + table + page[page.IndexOf(end, StringComparison.Ordinal)..];
    }

    private static IEnumerable<string> Choices(ModelArchitecture a)
    {
        yield return a.Norm == NormKind.RmsNorm ? "RMSNorm" : "LayerNorm";
        if (!a.HasPreNorms || a.PostNorms != PostNormKind.None)
            yield return $"norms {(a.HasPreNorms ? "before and after" : "after")}{(a.PostNorms == PostNormKind.Residual ? " the sum" : "")}";
        if (a.IsParallel)
            yield return a.SharesNorm ? "parallel residual behind one norm" : "parallel residual";
        yield return a.Rotary switch
        {
            RotaryKind.None => a.HasPositionEmbedding ? "learned positions" : "no positions",
            RotaryKind.Interleaved => "RoPE of neighbours",
            _ => "RoPE of halves",
        };
        if (a.UnrotatedEvery > 0)
            yield return $"no RoPE in every {a.UnrotatedEvery}th layer";
        if (a.Attention == AttentionKind.Bidirectional)
            yield return "encoder";
        if (a.IsLatent)
            yield return "latent attention";
        if (a.GlobalEvery > 0)
            yield return a.GlobalEvery == 2 ? "window in every other layer" : $"window but in every {a.GlobalEvery}th layer";
        if (a.QueryKeyNorm != QueryKeyNormKind.None)
            yield return a.QueryKeyNorm == QueryKeyNormKind.Head ? "norms of query and key heads" : "norms of queries and keys";
        if (a.HasSinks)
            yield return "sinks";
        if (a.ScoreSoftCap > 0)
            yield return "soft caps";
        yield return a.FeedForward switch
        {
            FeedForwardKind.SwiGlu => a.Experts is { ClampsGate: true } ? "clamped SwiGLU" : "SwiGLU",
            FeedForwardKind.GeGlu => "GeGLU",
            FeedForwardKind.Gelu => "GELU",
            _ => "GELU (tanh)",
        };
        if (a.Experts is { } experts)
            yield return experts.GatesShared ? "experts, shared ones behind a gate" : "experts";
        if (a.Biases != ProjectionBiases.None)
            yield return "biases";
        if (a.HasMultipliers)
            yield return "multipliers";
    }

    private static (string Release, Dictionary<string, string> Errors) Errors()
    {
        string[][] rows = [.. File.ReadAllLines(Page("models.tsv")).Select(line => line.Split('\t'))];
        return (rows[0][1], rows.Skip(1).ToDictionary(row => row[0], row => row[1]));
    }

    private static string Page(string name, [CallerFilePath] string source = "") =>
        Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "..", "docs", name);
}
