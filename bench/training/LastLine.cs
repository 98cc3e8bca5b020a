using System.Text;

namespace KernelFoundry.TrainingBenchmark;

/// <summary>A log of which the last line is kept.</summary>
internal sealed class LastLine : TextWriter
{
    public string Line { get; private set; } = "";

    public override Encoding Encoding => Encoding.UTF8;

    public override void WriteLine(string? value) => Line = value ?? "";
}
