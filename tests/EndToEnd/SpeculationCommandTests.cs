using System.Text.Json;

namespace KernelFoundry.EndToEnd.Tests;

/// <summary><c>kf generate</c> with drafts: the same text, and what drafting did.</summary>
public sealed class SpeculationCommandTests
{
    [Theory]
    [InlineData("--draft-lookup", "6")]
    [InlineData("--draft-recycling", "12")]
    [InlineData("--draft-model", null)]
    public void DraftsChangeNoText(string option, string? value)
    {
        using var model = new ModelFile();
        string[] args = ["generate", "--model", model.Path, "--prompt", "the ab", "--max-tokens", "30", "--device", "cpu"];
        string[] drafts = [option, value ?? model.Path, "--compare"];
        Kf json = Kf.Run([.. args, .. drafts, "--json"]);
        Kf text = Kf.Run([.. args, .. drafts]);
        Assert.Equal(Kf.Run(args).Output, text.Output);
        Assert.Equal(text.Output, json.Json.GetProperty("text").GetString());
        JsonElement speculation = json.Json.GetProperty("speculation");
        Assert.InRange(speculation.GetProperty("passes").GetInt32(), 1, 30);
        Assert.True(speculation.GetProperty("wall_clock_ratio").GetDouble() > 0);
        Assert.Contains("tokens a pass", text.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Tokens", "--draft-lookup", "-1")]
    [InlineData("Nodes", "--draft-recycling", "1")]
    [InlineData("--draft-recycling", "--draft-lookup", "3", "--draft-recycling", "4")]
    [InlineData("--compare", "--compare")]
    [InlineData("Searches", "--draft-lookup", "3", "--beams", "2")]
    public void WrongDraftsAreWrongUsage(string named, params string[] options)
    {
        using var model = new ModelFile();
        Kf kf = Kf.Run(["generate", "--model", model.Path, "--prompt", "a", "--device", "cpu", .. options]);
        Assert.Equal(2, kf.ExitCode);
        Assert.Contains(named, kf.Error, StringComparison.Ordinal);
    }
}
