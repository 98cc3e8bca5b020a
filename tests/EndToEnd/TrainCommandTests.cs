using System.Diagnostics;
using System.Text.Json;
using KernelFoundry.Inference.Formats;
using static KernelFoundry.EndToEnd.Tests.GenerateCommandTests;

namespace KernelFoundry.EndToEnd.Tests;

public sealed class TrainCommandTests : IDisposable
{
    private const int Steps = 60;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private readonly string _folder = Directory.CreateTempSubdirectory("kf-train").FullName;

    public TrainCommandTests()
    {
        string[] texts = [.. Enumerable.Range(0, 120).Select(i => $"The number {i} comes before {i + 1}, and {i + 1} comes after {i}.")];
        File.WriteAllLines(In("data.jsonl"), texts.Select(text => $"{{\"text\": \"{text}\"}}"));
        File.WriteAllLines(In("data.txt"), texts);
        File.WriteAllText(In("config.json"), $$"""
            {
              "model": { "name": "counting", "layers": 2, "embedding_length": 32, "feed_forward_length": 48, "heads": 2, "key_value_heads": 1, "context_length": 64 },
              "steps": {{Steps}}, "batch": { "tokens": 128 }, "checkpoint_every": 1,
              "schedule": { "kind": "cosine", "peak": 0.004, "final": 0.0004, "warm_up_steps": 5, "steps": {{Steps}} }
            }
            """);
        Assert.Equal(0, Kf.Run("tokenizer", "train", "--data", In("data.txt"), "--vocab", "300", "--out", In("tokenizer.gguf")).ExitCode);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ATrainingThatIsKilledAgainAndAgainGivesTheSameFile()
    {
        string straight = In("straight.gguf"), killed = In("killed.gguf"), checkpoint = killed + ".checkpoint";
        Kf whole = Train(straight);
        Assert.Equal((0, ""), (whole.ExitCode, whole.Output));

        int kills = 0;
        for (int i = 0; i < 4; i++)
        {
            if (StartAndKill(killed, checkpoint, writes: 1 + (3 * i)))
                kills++;
        }

        Assert.True(kills >= 2, $"{kills}");
        Assert.False(File.Exists(killed));
        Kf last = Train(killed, "--json");
        Assert.Equal(Steps, last.Json.GetProperty("step").GetInt64());
        Assert.Equal(File.ReadAllBytes(straight), File.ReadAllBytes(killed));
    }

    [Fact]
    public void AModelIsTrainedInPiecesMeasuredReportedAndGeneratesText()
    {
        string output = In("model.gguf"), report = In("report.html");
        File.WriteAllText(In("tasks.jsonl"), """{"task": "next", "check": "last-number", "prompt": "The number 7 comes before", "expected": "7"}""" + "\n");
        string[] more = ["--validation", In("data.jsonl"), "--tasks", In("tasks.jsonl"), "--report", report, "--json"];
        Kf first = Train(output, [.. more, "--max-steps", "20"]);
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Equal((20, false), (first.Json.GetProperty("step").GetInt64(), first.Json.GetProperty("done").GetBoolean()));
        Kf second = Train(output, more);
        Assert.True(second.Json.GetProperty("done").GetBoolean());
        JsonElement evaluation = Assert.Single(second.Json.GetProperty("evaluations").EnumerateArray());
        Assert.InRange(evaluation.GetProperty("held_out_loss").GetDouble(), 0.1, 3.5);
        Assert.Equal("next", evaluation.GetProperty("scores")[0].GetProperty("task").GetString());
        Assert.Contains("<svg", File.ReadAllText(report), StringComparison.Ordinal);
        using (GgufFile file = GgufFile.Open(output))
            Assert.Equal("counting", file.Metadata.GetString("general.name"));
        Assert.Equal(0, Kf.Run("generate", "--model", output, "--prompt", "The number", "--max-tokens", "8", "--device", "cpu").ExitCode);
        Kf plain = Train(output);
        Assert.Contains("done: ", plain.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", plain.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatCannotBeIsRefused()
    {
        string output = In("out.gguf");
        CheckFailure(Kf.Run("train", "--data", In("data.jsonl"), "--config", In("config.json"), "--out", output), 2, "--tokenizer");
        CheckFailure(Train(In(Path.Combine("none", "out.gguf"))), 2, "no folder");
        CheckFailure(Train(output, "--max-steps", "0"), 2, "--max-steps");
        CheckFailure(Train(output, "--model", In("tokenizer.gguf")), 2, "--tokenizer");
        File.WriteAllText(In("config.json"), "{\"steps\": 3, \"stepz\": 4}");
        CheckFailure(Train(output), 2, "stepz");
        File.WriteAllText(In("config.json"), "{\"steps\": 3}");
        CheckFailure(Train(output), 2, "model");
        File.WriteAllText(In("data.jsonl"), "{\"text\": \"a\"}\nnonsense\n");
        CheckFailure(Train(output), 2, "line 2");
    }

    private string In(string name) => Path.Combine(_folder, name);

    private string[] Arguments(string output) =>
        ["train", "--data", In("data.jsonl"), "--config", In("config.json"), "--tokenizer", In("tokenizer.gguf"), "--out", output, "--device", "cpu"];

    private Kf Train(string output, params string[] more) => Kf.Run([.. Arguments(output), .. more]);

    // Ends the process without a word once it has written some checkpoints; false if it was done before.
    private bool StartAndKill(string output, string checkpoint, int writes)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "kf.dll"), .. Arguments(output)]) { RedirectStandardError = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        DateTime last = File.GetLastWriteTimeUtc(checkpoint);
        long started = Stopwatch.GetTimestamp();
        for (int seen = 0; seen < writes && !process.HasExited && Stopwatch.GetElapsedTime(started) < s_patience; Thread.Sleep(1))
        {
            DateTime now = File.GetLastWriteTimeUtc(checkpoint);
            seen += now > last ? 1 : 0;
            last = now;
        }

        bool isRunning = !process.HasExited;
        process.Kill();
        process.WaitForExit();
        return isRunning;
    }
}
