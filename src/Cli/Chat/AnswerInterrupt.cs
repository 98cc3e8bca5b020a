using System.Runtime.InteropServices;

namespace KernelFoundry.Cli.Chat;

/// <summary>Ctrl-C while the model answers: it ends the answer. At the prompt it ends the program, as usual.</summary>
internal sealed class AnswerInterrupt : IDisposable
{
    private readonly PosixSignalRegistration _registration;
    private volatile CancellationTokenSource? _answer;

    public AnswerInterrupt()
    {
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnInterrupt);
        IsInCharge = true;
    }

    /// <summary>Whether Ctrl-C is dealt with here, and the tool as a whole is not to end.</summary>
    public static bool IsInCharge { get; private set; }

    /// <summary>Begins an answer.</summary>
    /// <returns>Ends with Ctrl-C; to be disposed of when the answer has ended.</returns>
    public CancellationTokenSource Begin() => _answer = new CancellationTokenSource();

    /// <summary>Ends an answer.</summary>
    public void End() => _answer = null;

    public void Dispose()
    {
        IsInCharge = false;
        _registration.Dispose();
    }

    private void OnInterrupt(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (_answer is { } answer)
        {
            answer.Cancel();
            return;
        }

        // Nothing is lost at the prompt, and reading from the terminal cannot be cancelled.
        Console.Error.WriteLine();
        Environment.Exit(Commands.ExitCode.Done);
    }
}
