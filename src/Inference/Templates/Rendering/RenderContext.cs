using System.Runtime.CompilerServices;
using KernelFoundry.Inference.Templates.Syntax;

namespace KernelFoundry.Inference.Templates.Rendering;

/// <summary>One rendering: where it is in the template, and what it has used up.</summary>
internal sealed class RenderContext(SourceText source, TemplateOptions options, CancellationToken cancellationToken)
{
    private const int CharactersOfStep = 32;
    private const int CharactersOfItem = 16;
    private const int StepsBetweenChecks = 4096;
    private const int MaxReasonLength = 2000;
    private long _steps;
    private long _nextCheck = StepsBetweenChecks;
    private long _allocated;
    private int _depth;

    /// <summary>Offset of what is being evaluated.</summary>
    public int Position { get; set; }

    public TemplateOptions Options => options;

    /// <summary>Counts steps.</summary>
    /// <exception cref="TemplateException">There have been too many.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public void Step(long count = 1)
    {
        _steps += count;
        if (_steps < _nextCheck)
            return;
        if (_steps > options.MaxSteps)
            throw Error($"it takes more than {options.MaxSteps} steps.");
        _nextCheck = _steps + StepsBetweenChecks;
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Counts a text that is about to be made.</summary>
    /// <exception cref="TemplateException">It is too long, or too many have been made.</exception>
    public void ReserveText(long length)
    {
        if (length > options.MaxOutputLength)
            throw Error($"a text would have {length} characters; at most {options.MaxOutputLength} are allowed.");
        Allocate(length);
    }

    /// <summary>Counts a sequence that is about to be made.</summary>
    /// <exception cref="TemplateException">It is too long, or too many have been made.</exception>
    public void ReserveItems(long count)
    {
        if (count > options.MaxAllocation / CharactersOfItem)
            throw Error($"a sequence would have {count} items; at most {options.MaxAllocation / CharactersOfItem} are allowed.");
        Allocate(count * CharactersOfItem);
    }

    /// <summary>Goes one level deeper; to be followed by <see cref="Leave"/> unless it throws.</summary>
    /// <exception cref="TemplateException">It is too deep.</exception>
    public void Enter()
    {
        if (++_depth > options.MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Error("macros, loops or values are nested too deep.");
    }

    public void Leave() => _depth--;

    /// <summary>An error at the present position.</summary>
    public TemplateException Error(string reason, Exception? cause = null) =>
        source.Error(Position, reason.Length > MaxReasonLength ? reason[..MaxReasonLength] + "..." : reason, cause);

    private void Allocate(long characters)
    {
        _allocated += characters;
        if (_allocated > options.MaxAllocation)
            throw Error($"all texts on the way would have more than {options.MaxAllocation} characters.");
        Step(characters / CharactersOfStep);
    }
}
