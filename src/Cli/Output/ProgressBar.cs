using System.Diagnostics;

namespace KernelFoundry.Cli.Output;

/// <summary>
/// A bar on a terminal's error stream, for work that turns out to take long; nothing at all where the stream is piped. Gone when disposed.
/// </summary>
/// <param name="label">What is being done.</param>
/// <param name="total">The value that means done.</param>
internal sealed class ProgressBar(string label, double total) : IProgress<double>, IProgress<int>, IDisposable
{
    private const int Width = 30;
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(50);
    private readonly bool _isOn = !Console.IsErrorRedirected;
    private readonly long _started = Stopwatch.GetTimestamp();
    private TimeSpan _drawn;

    public void Report(int value) => Report((double)value);

    public void Report(double value)
    {
        TimeSpan now = Stopwatch.GetElapsedTime(_started);
        if (!_isOn || now < s_patience || now - _drawn < s_interval)
            return;
        _drawn = now;
        int filled = (int)Math.Clamp(value / total * Width, 0, Width);
        Console.Error.Write($"\r{label} [{new string('#', filled)}{new string('.', Width - filled)}]");
    }

    public void Dispose()
    {
        if (_drawn > TimeSpan.Zero)
            Console.Error.Write($"\r{new string(' ', label.Length + Width + 3)}\r");
    }
}
