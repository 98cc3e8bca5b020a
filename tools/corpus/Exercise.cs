namespace KernelFoundry.Corpus;

/// <summary>Something asked and its answer, which stands alone, in a dialogue, or as a task with a score.</summary>
/// <param name="Key">What it is about (<see cref="Splits"/>).</param>
/// <param name="Question">What is asked.</param>
/// <param name="Answer">The whole answer.</param>
/// <param name="Expected">The part of the answer that is right or wrong: a number, a word, or JSON with these values.</param>
public sealed record Exercise(string Key, string Question, string Answer, string Expected);
