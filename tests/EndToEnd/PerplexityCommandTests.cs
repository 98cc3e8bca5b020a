using static KernelFoundry.EndToEnd.Tests.GenerateCommandTests;

namespace KernelFoundry.EndToEnd.Tests;

public sealed class PerplexityCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kf-perplexity").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ATextIsMeasured()
    {
        using var model = new ModelFile();
        string text = Text("the ab the a the b ab ab the the a b the ab the a the b");
        Kf kf = Kf.Run("perplexity", "--model", model.Path, "--file", text, "--context", "8", "--device", "cpu", "--json");
        Assert.Equal((0, ""), (kf.ExitCode, kf.Error));
        Assert.Equal(
            ["device", "perplexity", "perplexity_error", "negative_log_likelihood", "negative_log_likelihood_error", "scored_tokens", "chunks",
                "context", "tokens_per_second"],
            kf.Json.EnumerateObject().Select(p => p.Name));
        double perplexity = kf.Json.GetProperty("perplexity").GetDouble();
        Assert.Equal(Math.Log(perplexity), kf.Json.GetProperty("negative_log_likelihood").GetDouble(), 1e-9);
        Assert.Equal(3 * kf.Json.GetProperty("chunks").GetInt32(), kf.Json.GetProperty("scored_tokens").GetInt32());
        Kf plain = Kf.Run("perplexity", "--model", model.Path, "--file", text, "--context", "8", "--device", "cpu", "--threads", "2");
        Assert.Equal((0, ""), (plain.ExitCode, plain.Error));
        Assert.StartsWith("perplexity ", plain.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatCannotBeIsWrongUsage()
    {
        using var model = new ModelFile();
        CheckFailure(Measure(model.Path, Text("the"), "8"), 2, "fewer than a context of 8");
        CheckFailure(Measure(model.Path, Text("the"), "3"), 2, "--context is 3");
        CheckFailure(Measure(model.Path, Text("the"), "49"), 2, "4 to 48");
        CheckFailure(Measure(model.Path, Path.Combine(_folder, "absent"), "8"), 2, "absent");
        CheckFailure(Measure(Path.Combine(_folder, "absent.gguf"), Text("the"), "8"), 3, "absent.gguf");
    }

    private static Kf Measure(string model, string text, string context) =>
        Kf.Run("perplexity", "--model", model, "--file", text, "--context", context, "--device", "cpu");

    private string Text(string text)
    {
        string path = Path.Combine(_folder, "text");
        File.WriteAllText(path, text);
        return path;
    }
}
