namespace KernelFoundry.Corpus;

/// <summary>A text to learn from.</summary>
/// <param name="Kind">What it is: a name of <see cref="DocumentKinds"/>.</param>
/// <param name="Text">The text.</param>
/// <param name="Keys">What it is about: all of one split (<see cref="Splits"/>).</param>
public sealed record Document(string Kind, string Text, IReadOnlyList<string> Keys);
