using System.Text.Json;
using KernelFoundry.Inference.Tests.Models;
using static KernelFoundry.EndToEnd.Tests.GenerateCommandTests;

namespace KernelFoundry.EndToEnd.Tests;

/// <summary><c>kf tune</c> from measuring to what later runs take, with a file of its own.</summary>
public sealed class TuneCommandTests : IDisposable
{
    private static readonly string[] s_kernel =
        ["tune", "--kernel", "MatVec", "--axis", "tokens=1", "--axis", "rows=64", "--axis", "cols=64", "--repetitions", "3"];

    private readonly string _folder = Directory.CreateTempSubdirectory("kf-test-").FullName;

    private string File => Path.Combine(_folder, "schedules.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void AKernelIsTunedForEveryNumberOfThreads()
    {
        Kf kf = Tune([.. s_kernel, "--threads", "1,2", "--json"]);
        Assert.Equal((0, ""), (kf.ExitCode, kf.Error));
        Assert.Equal(File, kf.Json.GetProperty("file").GetString());
        JsonElement[] machines = [.. kf.Json.GetProperty("machines").EnumerateArray()];
        Assert.Equal([1, 2], machines.Select(machine => machine.GetProperty("threads").GetInt32()));
        JsonElement[] stored = Stored();
        foreach (JsonElement machine in machines)
        {
            JsonElement parameter = Assert.Single(machine.GetProperty("parameters").EnumerateArray());
            Assert.Equal("KernelFoundry.Kernels.Linear.MatVec block", $"{parameter.GetProperty("kernel")} {parameter.GetProperty("parameter")}");
            Assert.Equal(["16", "32", "64", "128", "256"], parameter.GetProperty("seconds").EnumerateObject().Select(choice => choice.Name));
            Assert.All(parameter.GetProperty("seconds").EnumerateObject(), choice => Assert.InRange(choice.Value.GetDouble(), 1e-9, 1));

            // A default is no entry.
            (int standard, int best) = (parameter.GetProperty("default").GetInt32(), parameter.GetProperty("best").GetInt32());
            Assert.Equal(best == standard ? [] : [best], stored
                .Where(entry => entry.GetProperty("threads").GetInt32() == machine.GetProperty("threads").GetInt32()).Select(entry => entry.GetProperty("value").GetInt32()));
        }
    }

    [Fact]
    public void ADryRunStoresNothingAndResetDeletesThisMachinesEntries()
    {
        (string cpu, int threads, int bits) = Machine();
        Write(Entry(cpu, threads, bits, "KernelFoundry.Kernels.Linear.MatVec", 64), Entry("Another", threads, bits, "KernelFoundry.Kernels.Linear.MatVec", 32));
        byte[] before = System.IO.File.ReadAllBytes(File);
        Kf dry = Tune([.. s_kernel, "--dry-run"]);
        Assert.Equal((0, ""), (dry.ExitCode, dry.Error));
        string[] lines = dry.Output.Split('\n');
        Assert.StartsWith("| kernel ", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("| MatVec ", lines[4], StringComparison.Ordinal);
        Assert.Contains("Nothing is stored.", dry.Output, StringComparison.Ordinal);
        Assert.Equal(before, System.IO.File.ReadAllBytes(File));

        Assert.Equal((0, ""), (Tune(["tune", "--reset"]) is var reset ? reset.ExitCode : -1, reset.Error));
        Assert.Equal("Another", Assert.Single(Stored()).GetProperty("cpu").GetString());
    }

    [Fact]
    public void AModelIsTunedByWhatItLaunchesAndGivesTheSameTokens()
    {
        string model = Stories.File("q4_0");
        string[] generate = ["generate", "--model", model, "--prompt", Stories.Prompt, "--max-tokens", "20", "--temperature", "0", "--device", "cpu", "--json"];
        JsonElement before = Tune(generate).Json;
        Kf kf = Tune(["tune", "--model", model, "--pp", "20", "--tg", "3", "--repetitions", "2", "--json"]);
        Assert.Equal((0, ""), (kf.ExitCode, kf.Error));
        JsonElement[] tuned = [.. kf.Json.GetProperty("machines")[0].GetProperty("parameters").EnumerateArray()];
        string[] parameters = [.. tuned.Select(each => $"{each.GetProperty("kernel").GetString()!.Split('.')[^1]} {each.GetProperty("parameter").GetString()}").Distinct()];
        Assert.Contains("MatVecInt8 block", parameters);
        Assert.Contains("MatMulInt8 blockTokens", parameters);
        Assert.Contains("MatMulInt8 blockRows", parameters);

        // Whatever was found, the farthest choice of everything gives the same.
        (string cpu, int threads, int bits) = Machine();
        Write([.. tuned.Select(each => Entry(
            cpu, threads, bits, each.GetProperty("kernel").GetString()!, int.Parse(each.GetProperty("seconds").EnumerateObject().Last().Name),
            each.GetProperty("types").GetString()!, each.GetProperty("parameter").GetString()!))]);
        Kf after = Tune(generate);
        Assert.Equal("", after.Error);
        Assert.Equal(before.GetProperty("tokens").GetRawText(), after.Json.GetProperty("tokens").GetRawText());
    }

    [Fact]
    public void DevicesSaysWhichFileIsUsedAndHowMuchOfIt()
    {
        (string cpu, int threads, int bits) = Machine();
        const string Kernel = "KernelFoundry.Kernels.Linear.MatVec";
        Write(
            Entry(cpu, threads, bits, Kernel, 64), Entry(cpu, threads, bits, Kernel, 65), Entry(cpu, threads, bits, "No.Such", 64),
            Entry(cpu, threads + 1, bits, Kernel, 64));
        Kf kf = Tune(["devices"]);
        Assert.Contains($"Schedules: {File}: 1 of 4 entries are used ({cpu}, {threads} threads, {bits}-bit vectors)", kf.Output, StringComparison.Ordinal);
        Assert.Contains("not used: 'block' of KernelFoundry.Kernels.Linear.MatVec cannot be 65", kf.Output, StringComparison.Ordinal);
        Assert.Contains("not used: there is no kernel No.Such", kf.Output, StringComparison.Ordinal);
        Assert.Contains("Schedules: off", Kf.Run(["devices"], Environment("off")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void ABrokenFileIsOneWarningAndIsWrittenAnew()
    {
        using var model = new ModelFile();
        System.IO.File.WriteAllText(File, "{ no");
        Kf kf = Tune(["logits", "--model", model.Path, "--tokens", "1", "--device", "cpu"]);
        Assert.Equal(0, kf.ExitCode);
        Assert.StartsWith($"kf: The schedules in '{File}' are not used: ", kf.Error, StringComparison.Ordinal);
        Assert.Single(kf.Error.TrimEnd().Split('\n'));
        Assert.Equal(0, Tune(["tune", "--reset"]).ExitCode);
        Assert.Empty(Stored());
    }

    [Fact]
    public void WrongUsageIsSaid()
    {
        CheckFailure(Tune(["tune"]), 2, "--model, or a kernel with --kernel");
        CheckFailure(Tune([.. s_kernel, "--model", "x.gguf"]), 2, "one of the two");
        CheckFailure(Tune(["tune", "--kernel", "RmsNorm"]), 2, "nothing to tune");
        CheckFailure(Tune([.. s_kernel, "--threads", "0"]), 2, "'0'");
        CheckFailure(Tune(["tune", "--model", "no-such.gguf"]), 3, "no-such.gguf");
        CheckFailure(Kf.Run(s_kernel, Environment("off")), 2, "KERNELFOUNDRY_SCHEDULES is off");
        CheckFailure(Kf.Run(s_kernel, Environment(_folder)), 2, _folder);
    }

    private static (string Cpu, int Threads, int Bits) Machine()
    {
        JsonElement schedules = Kf.Run("devices", "--json").Json.GetProperty("schedules");
        return (schedules.GetProperty("cpu").GetString()!, schedules.GetProperty("threads").GetInt32(), schedules.GetProperty("vector_bits").GetInt32());
    }

    private static Dictionary<string, string> Environment(string schedules) => new() { ["KERNELFOUNDRY_SCHEDULES"] = schedules };

    private static string Entry(
        string cpu, int threads, int bits, string kernel, int value, string types = "float,KernelFoundry.Kernels.NoEpilogue", string parameter = "block") =>
        $$"""
        {"cpu":{{JsonSerializer.Serialize(cpu)}},"threads":{{threads}},"vector_bits":{{bits}},"kernel":"{{kernel}}","types":"{{types}}","parameter":"{{parameter}}","value":{{value}}}
        """;

    private void Write(params string[] entries) => System.IO.File.WriteAllText(File, $$"""{"version":1,"schedules":[{{string.Join(",", entries)}}]}""");

    private Kf Tune(string[] args) => Kf.Run(args, Environment(File));

    private JsonElement[] Stored() => [.. JsonDocument.Parse(System.IO.File.ReadAllText(File)).RootElement.GetProperty("schedules").EnumerateArray()];
}
