using System.Text.Json;
using System.Text.RegularExpressions;
using KernelFoundry.Inference.Tests;

namespace KernelFoundry.EndToEnd.Tests;

/// <summary>What README's first commands show, with a model of our own: a story, a sum, a record. No text is expected word by word.</summary>
public sealed partial class FoundryCommandTests
{
    private const string Draft = "foundry-0.3m-Q8_0.gguf", Model = "foundry-3m-Q8_0.gguf";

    [Theory]
    [InlineData(Draft)]
    [InlineData(Model)]
    public void AStoryIsAboutSomeoneAndEnds(string file)
    {
        Kf kf = Kf.Run("generate", "--model", FoundryFiles.Require(file), "--prompt", "Once there lived", "--max-tokens", "400", "--device", "cpu", "--json");
        Assert.True(kf.ExitCode == 0, kf.Error);
        string story = kf.Json.GetProperty("text").GetString()!;
        Assert.Equal("stop", kf.Json.GetProperty("finish_reason").GetString());
        Match hero = Named().Match(story);
        Assert.True(hero.Success, story);
        Assert.True(Regex.Count(story, $@"\b{hero.Groups[1].Value}\b") >= 3, story);
        Assert.True(story.TrimEnd().EndsWith('.') || story.TrimEnd().EndsWith('"'), story);
    }

    [Theory]
    [InlineData(Draft, "What is 5 + 3?", 8)]
    [InlineData(Model, "What is 5 + 3?", 8)]
    [InlineData(Draft, "What is 12 + 7?", 19)]
    [InlineData(Model, "What is 12 + 7?", 19)]
    public void ASmallSumIsRight(string file, string question, int sum)
    {
        string answer = Chat(file, question);
        Assert.Equal(sum, int.Parse(Number().Matches(answer)[^1].Value));
    }

    [Theory]
    [InlineData(Draft)]
    [InlineData(Model)]
    public void ARecordIsWhatTheSentenceSays(string file)
    {
        JsonElement record = JsonDocument.Parse(Chat(file, "Write this as JSON: On Sunday it is snowy in Birchwood, from 5 to 13 degrees.")).RootElement;
        Assert.Equal("Sunday", record.GetProperty("day").GetString());
        Assert.Equal("Birchwood", record.GetProperty("town").GetString());
        Assert.Equal((5, 13), (record.GetProperty("low").GetInt32(), record.GetProperty("high").GetInt32()));
    }

    private static string Chat(string file, string question)
    {
        Kf kf = Kf.RunWithInput(question + "\n", ["chat", "--model", FoundryFiles.Require(file), "--temperature", "0", "--device", "cpu"]);
        Assert.True(kf.ExitCode == 0, kf.Error);
        return kf.Output;
    }

    [GeneratedRegex(@"\bnamed (\w+)")]
    private static partial Regex Named();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
