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

    private static string Markdown(DeviceOutput device, CheckOutput? check, BenchOutput? bench, GenerateOutput? generate, PeersOutput? peers)
    {
        var text = new StringBuilder();
        Line(text, $"# {device.Name}");
        Line(text);
        if (device.Emulated)
            Line(text, $"**Emulated: no GPU was used, and the times below say nothing.**\n");
        Line(text, $"{device.Driver}, {device.Multiprocessors} multiprocessors, {device.MemoryBytes >> 20} MiB, {device.SharedBytes >> 10} KiB of shared");
        Line(text, $"memory a block; {device.Runtime} on {device.Host}.\n\n## Tests\n");
        if (check is null)
            Line(text, $"Not run.");
        else
            Checks(text, check);
        Line(text, $"\n## Kernels\n");
        if (bench is null)
            Line(text, $"Not measured.");
        else
            Measurements(text, bench, peers);
        Line(text, $"\n## Generation\n");
        if (generate is null)
            Line(text, $"Not run: no model was given.");
        else
            Generated(text, generate);
        return text.ToString();
    }

    private static void Checks(StringBuilder text, CheckOutput check)
    {
        Line(text, $"{check.Passed} cases passed, {check.Failed} failed, in {check.Seconds:F0} s.\n");
        foreach (CheckFailure failure in check.Failures.Take(20))
            Line(text, $"- {failure.Case}: {failure.Message.ReplaceLineEndings(" ")}");
    }

    private static void Generated(StringBuilder text, GenerateOutput generate)
    {
        Line(text, $"{generate.Model}: prefill {generate.PrefillTokensPerSecond:F0} tokens/s of {generate.PromptTokens}, decode");
        Line(text, $"{generate.DecodeTokensPerSecond:F0} tokens/s of {generate.Tokens}; the first {generate.SameAsCpu} tokens are those of the CPU.");
    }

    private static void Measurements(StringBuilder text, BenchOutput bench, PeersOutput? peers)
    {
        Line(text, $"Copying {bench.CopyBytes >> 20} MiB on the device: {bench.CopyBytesPerSecond / 1e9:F0} GB/s, read and written. Times are medians in a graph");
        Line(text, $"over buffers in turn; alone is the same kernel launched one by one. {Peak(bench.MatrixOperationsPerSecond)}\n");
        MeasurementOutput[] failed = [.. bench.Kernels.Where(kernel => kernel.Error is not null)];
        Line(text, $"{bench.Kernels.Count - failed.Length} shapes measured, {failed.Length} failed{(failed.Length > 0 ? ":" : ".")}\n");
        foreach (MeasurementOutput each in failed)
            Line(text, $"- {each.Id}: {each.Error!.ReplaceLineEndings(" ")}");
        if (failed.Length > 0)
            Line(text);
        Line(text, $"Side by side: {peers?.Versions ?? "nothing, for want of PyTorch"}.\n");
        Line(text, $"| kernel | us | alone, us | GB/s | of copy | TFLOP/s | of peak | peer | peer, us | peer over ours |");
        Line(text, $"|---|---|---|---|---|---|---|---|---|---|");
        foreach (MeasurementOutput each in bench.Kernels.Except(failed))
            Line(text, $"| {each.Id} | {Row(each, bench.MatrixOperationsPerSecond, peers)} |");
        foreach (PeerOutput peer in peers?.Results.Where(result => result.Seconds <= 0) ?? [])
            Line(text, $"\n- {peer.Name} on {peer.Id}: {peer.Error}");
    }

    private static string Peak(double operations) => operations > 0
        ? string.Create(CultureInfo.InvariantCulture, $"Peak: {operations / 1e12:F0} TFLOP/s, products of matrices of halves with sums in floats, by the data sheet at the highest clock.")
        : "The peak of products of matrices is not known for this GPU.";

    private static string Row(MeasurementOutput each, double peak, PeersOutput? peers)
    {
        PeerOutput? peer = peers?.Results.Where(result => result.Id == each.Id && result.Seconds > 0).MinBy(result => result.Seconds);
        string rate = each.Operations > 0 ? (each.Operations / each.Seconds / 1e12).ToString("F1", CultureInfo.InvariantCulture) : "";
        string own = string.Create(
            CultureInfo.InvariantCulture,
            $"{each.Seconds * 1e6:F1} | {each.SecondsAlone * 1e6:F1} | {each.Bytes / each.Seconds / 1e9:F0} | {each.Share:P0} | {rate} | ");
        if (each.Operations > 0 && peak > 0)
            own += (each.Operations / each.Seconds / peak).ToString("P0", CultureInfo.InvariantCulture);
        return peer is null
            ? $"{own} | | |"
            : string.Create(CultureInfo.InvariantCulture, $"{own} | {peer.Name} | {peer.Seconds * 1e6:F1} | {peer.Seconds / each.Seconds:P0}");
    }

    private static void Line(StringBuilder text, FormattableString? line = null) =>
        text.Append(line?.ToString(CultureInfo.InvariantCulture)).Append('\n');
}

/// <summary>What the peers' script measured.</summary>
internal sealed record PeersOutput(string Versions, IReadOnlyList<PeerOutput> Results);

/// <summary>One peer on one shape.</summary>
internal sealed record PeerOutput(string Id, string Name, double Seconds, string? Error);
