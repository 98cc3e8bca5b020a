using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace KernelFoundry.EndToEnd.Tests;

/// <summary>Runs the tool as a process of its own.</summary>
internal sealed record Kf(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public static Kf Run(params string[] args) => Run(args, _ => { });

    /// <summary>Runs the tool with environment variables added.</summary>
    public static Kf Run(string[] args, IReadOnlyDictionary<string, string> environment) => Run(args, _ => { }, environment);

    /// <summary>Runs the tool; <paramref name="speaking"/> is called when the first output has come.</summary>
    public static Kf Run(string[] args, Action<Process> speaking, IReadOnlyDictionary<string, string>? environment = null) =>
        Run("dotnet", [Path.Combine(AppContext.BaseDirectory, "kf.dll"), .. args], speaking, environment);

    /// <summary>Runs the tool published as a binary.</summary>
    public static Kf RunBinary(string file, params string[] args) => Run(file, args, _ => { }, null);

    /// <summary>Runs the tool with text for its input.</summary>
    public static Kf RunWithInput(string input, string[] args, Action<Process>? speaking = null) =>
        Run("dotnet", [Path.Combine(AppContext.BaseDirectory, "kf.dll"), .. args], speaking ?? (_ => { }), null, input);

    private static Kf Run(
        string file, string[] args, Action<Process> speaking, IReadOnlyDictionary<string, string>? environment, string? input = null)
    {
        using Process process = Start(file, args, environment ?? new Dictionary<string, string>());
        if (input is not null)
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }

        var output = new StringBuilder();
        var error = new StringBuilder();
        Task reading = Task.WhenAll(Read(process.StandardOutput, output), Read(process.StandardError, error));
        while (!process.HasExited && LengthOf(output) == 0)
            Thread.Sleep(5);
        speaking(process);
        if (!process.WaitForExit(s_patience) || !reading.Wait(s_patience))
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"kf {string.Join(' ', args)} did not end.\n{output}\n{error}");
        }

        return new Kf(process.ExitCode, output.ToString(), error.ToString());
    }

    private static Process Start(string file, string[] args, IReadOnlyDictionary<string, string> environment)
    {
        var info = new ProcessStartInfo(file, args)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach ((string name, string value) in environment)
            info.Environment[name] = value;
        return Process.Start(info)!;
    }

    // On a thread of its own: those of the pool may all be waiting for tools that other tests run, and output would be seen seconds late.
    private static Task Read(StreamReader reader, StringBuilder text) => Task.Factory.StartNew(
        () =>
        {
            var buffer = new char[256];
            while (reader.Read(buffer) is var count and > 0)
            {
                lock (text)
                    text.Append(buffer, 0, count);
            }
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static int LengthOf(StringBuilder text)
    {
        lock (text)
            return text.Length;
    }
}
