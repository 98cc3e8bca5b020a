namespace KernelFoundry.Inference.Decoding;

/// <summary>Calls back at every token, to change logits or only to look.</summary>
/// <param name="Action">What to do.</param>
public sealed record Callback(Action<LogitsContext> Action) : LogitsProcessor
{
    /// <inheritdoc/>
    public override void Process(LogitsContext context) => Action(context);
}
