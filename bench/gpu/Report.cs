using System.Globalization;
using System.Text;

namespace KernelFoundry.Gpu;

/// <summary>What the commands and the peers' script have left in a folder, as one JSON file and one page of Markdown.</summary>
internal static class Report
{
    public static void Write(string folder)
    {
        string At(string name) => Path.Combine(folder, name);
        DeviceOutput device = Json.Read<DeviceOutput>(At("device.json")) ?? throw new InvalidOperationException($"{folder} has no device.json: run kf-gpu device first.");
        var check = Json.Read<CheckOutput>(At("check.json"));
        var bench = Json.Read<BenchOutput>(At("bench.json"));
        var generate = Json.Read<GenerateOutput>(At("generate.json"));
        var peers = Json.Read<PeersOutput>(At("peers.json"));
        Json.Write(At("report.json"), new { device, check, bench, generate, peers });
        File.WriteAllText(At("report.md"), Markdown(device, check, bench, generate, peers));
    }

    private static string Markdown(
        DeviceOutput device, CheckOutput? check, BenchOutput? bench, GenerateOutput? generate, PeersOutput? peers)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {device.Name}\n\n");
        if (device.Emulated)
            text.Append("**Emulated: no GPU was used, and the times below say nothing.**\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{device.Driver}, {device.Multiprocessors} multiprocessors, {device.MemoryBytes >> 20} MiB, {device.SharedBytes >> 10} KiB of shared memory a block; {device.Runtime} on {device.Host}.\n\n## Tests\n\n");
        text.Append(check is null ? "Not run.\n" : string.Create(CultureInfo.InvariantCulture, $"{check.Passed} cases passed, {check.Failed} failed, in {check.Seconds:F0} s.\n"));
        foreach (CheckFailure failure in check?.Failures.Take(20) ?? [])
            text.Append(CultureInfo.InvariantCulture, $"\n- {failure.Case}: {failure.Message.ReplaceLineEndings(" ")}");
        text.Append("\n## Kernels\n\n");
        if (bench is null)
            text.Append("Not measured.\n");
        else
            Measurements(text, bench, peers);
        text.Append("\n## Generation\n\n");
        text.Append(generate is null
            ? "Not run: no model was given.\n"
            : string.Create(CultureInfo.InvariantCulture, $"{generate.Model}: prefill {generate.PrefillTokensPerSecond:F0} tokens/s of {generate.PromptTokens}, decode {generate.DecodeTokensPerSecond:F0} tokens/s of {generate.Tokens}; the first {generate.SameAsCpu} tokens are those of the CPU.\n"));
        return text.ToString();
    }

    private static void Measurements(StringBuilder text, BenchOutput bench, PeersOutput? peers)
    {
        text.Append(CultureInfo.InvariantCulture, $"Copying {bench.CopyBytes >> 20} MiB on the device: {bench.CopyBytesPerSecond / 1e9:F0} GB/s, read and written. Times are medians in a graph over buffers in turn; ");
        text.Append("alone is the same kernel launched one by one.\n\n");
        text.Append(peers is null ? "No PyTorch on this machine: nothing side by side.\n\n" : $"Side by side: {peers.Versions}.\n\n");
        text.Append("| kernel | us | alone, us | GB/s | of copy | TFLOP/s | peer | peer, us | peer over ours |\n|---|---|---|---|---|---|---|---|---|\n");
        foreach (MeasurementOutput each in bench.Kernels)
        {
            if (each.Error is { } error)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {each.Id} | {error.ReplaceLineEndings(" ")} | | | | | | | |\n");
                continue;
            }

            PeerOutput? peer = peers?.Results.Where(result => result.Id == each.Id && result.Seconds > 0).MinBy(result => result.Seconds);
            string rate = each.Operations > 0 ? (each.Operations / each.Seconds / 1e12).ToString("F1", CultureInfo.InvariantCulture) : "";
            text.Append(CultureInfo.InvariantCulture, $"| {each.Id} | {each.Seconds * 1e6:F1} | {each.SecondsAlone * 1e6:F1} | {each.Bytes / each.Seconds / 1e9:F0} | {each.Share:P0} | {rate} | ");
            text.Append(peer is null
                ? " | | |\n"
                : string.Create(CultureInfo.InvariantCulture, $"{peer.Name} | {peer.Seconds * 1e6:F1} | {peer.Seconds / each.Seconds:P0} |\n"));
        }

        foreach (PeerOutput failed in peers?.Results.Where(result => result.Seconds <= 0) ?? [])
            text.Append(CultureInfo.InvariantCulture, $"\n- {failed.Name} on {failed.Id}: {failed.Error}");
    }
}

/// <summary>What the peers' script measured.</summary>
internal sealed record PeersOutput(string Versions, IReadOnlyList<PeerOutput> Results);

/// <summary>One peer on one shape.</summary>
internal sealed record PeerOutput(string Id, string Name, double Seconds, string? Error);
