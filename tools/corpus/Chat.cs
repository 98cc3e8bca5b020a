using System.Text;

namespace KernelFoundry.Corpus;

/// <summary>The chat format: each turn between a role's token and the end token, a line of its own.</summary>
public static class Chat
{
    /// <summary>Begins any text.</summary>
    public const string Begin = "<|begin|>";

    /// <summary>Begins what the user says.</summary>
    public const string User = "<|user|>";

    /// <summary>Begins what the model says.</summary>
    public const string Assistant = "<|assistant|>";

    /// <summary>Ends a turn, and any text.</summary>
    public const string End = "<|end|>";

    /// <summary>All of them, the one that ends a text first.</summary>
    public static IReadOnlyList<string> ControlTokens { get; } = [End, Begin, User, Assistant];

    /// <summary>A question, up to where the answer begins.</summary>
    public static string Prompt(string question) => $"{User}\n{question}{End}\n{Assistant}\n";

    /// <summary>A dialogue of any number of turns.</summary>
    public static string Render(IEnumerable<(string Question, string Answer)> turns)
    {
        var text = new StringBuilder();
        foreach ((string question, string answer) in turns)
            text.Append(text.Length == 0 ? "" : "\n").Append(Prompt(question)).Append(answer).Append(End);
        return text.ToString();
    }
}
