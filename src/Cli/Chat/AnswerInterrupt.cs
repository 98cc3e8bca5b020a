using System.Runtime.InteropServices;

namespace KernelFoundry.Cli.Chat;

/// <summary>Ctrl-C while the model answers: it ends the answer. Where lines are read from a terminal as they come, it ends the program, as usual; <see cref="TerminalLines"/> take it as a key.</summary>
internal sealed class AnswerInterrupt : IDisposable
{
    private readonly PosixSignalRegistration _registration;
    private readonly Lock _lock = new();
    private CancellationTokenSource? _answer;

    public AnswerInterrupt()
    {
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnInterrupt);
        IsInCharge = true;
    }

    /// <summary>Whether Ctrl-C is dealt with here, and the tool as a whole is not to end.</summary>
    public static bool IsInCharge { get; private set; }

    /// <summary>Begins an answer.</summary>
    /// <returns>Is cancelled by Ctrl-C.</returns>
    public CancellationToken Begin()
    {
        lock (_lock)
            return (_answer = new CancellationTokenSource()).Token;
    }

    /// <summary>Ends an answer.</summary>
    public void End()
    {
        lock (_lock)
        {
            _answer?.Dispose();
            _answer = null;
        }
    }

    public void Dispose()
    {
        IsInCharge = false;
        End();
        _registration.Dispose();
    }

    private void OnInterrupt(PosixSignalContext signal)
    {
        signal.Cancel = true;
        lock (_lock)
        {
            if (_answer is not null)
            {
                _answer.Cancel();
                return;
            }
        }

        // Nothing is lost at the prompt, and reading from the terminal cannot be cancelled.
        Console.Error.WriteLine();
        Environment.Exit(Commands.ExitCode.Done);
    }
}
