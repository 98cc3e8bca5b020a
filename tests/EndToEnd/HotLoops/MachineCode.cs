using System.Text.RegularExpressions;

namespace KernelFoundry.EndToEnd.Tests;

/// <summary>One method as the JIT lists it (DOTNET_JitDisasm).</summary>
/// <param name="Name">The method, with its class and parameters.</param>
/// <param name="Instructions">Its instructions in order, each a mnemonic and its operands.</param>
/// <param name="Loops">Every backward jump: index of the instruction it goes to, and its own.</param>
internal sealed partial record MachineCode(string Name, IReadOnlyList<string> Instructions, IReadOnlyList<(int First, int Last)> Loops)
{
    private const string Heading = "; Assembly listing for method ";

    /// <summary>The methods of a listing.</summary>
    public static IEnumerable<MachineCode> Read(string listing) => listing.Split(Heading).Skip(1).Select(ReadOne);

    /// <summary>The mnemonic of an instruction.</summary>
    public static string Mnemonic(string instruction) => instruction.Split(' ')[0];

    /// <summary>The innermost loop that holds a mnemonic most often, the shortest of those; empty if none holds it.</summary>
    public IReadOnlyList<string> HotLoop(string mnemonic) => Innermost
        .Select(loop => Instructions.Skip(loop.First).Take(loop.Last - loop.First + 1).ToArray())
        .Where(loop => loop.Any(each => Mnemonic(each) == mnemonic))
        .OrderByDescending(loop => loop.Count(each => Mnemonic(each) == mnemonic))
        .ThenBy(loop => loop.Length)
        .FirstOrDefault([]);

    // Of loops that overlap, the shortest is the innermost: a way out of it may lie before it, and jumps backward too.
    private IEnumerable<(int First, int Last)> Innermost => Loops.Where(loop => !Loops.Any(other =>
        other != loop && other.First <= loop.Last && loop.First <= other.Last && other.Last - other.First < loop.Last - loop.First));

    private static MachineCode ReadOne(string text)
    {
        string[] lines = text.Split('\n');
        var instructions = new List<string>();
        var labels = new Dictionary<string, int>();
        var loops = new List<(int First, int Last)>();
        foreach (string line in lines.Skip(1))
        {
            if (Label().Match(line) is { Success: true } label)
                labels[label.Groups[1].Value] = instructions.Count;
            if (Instruction().Match(line) is not { Success: true } match)
                continue;

            // Labels are known here only of what lies before: jumps forward are no loops.
            string operand = match.Groups[2].Value.Split(' ')[^1];
            if (match.Groups[1].Value.StartsWith('j') && labels.TryGetValue(operand, out int target))
                loops.Add((target, instructions.Count));
            instructions.Add($"{match.Groups[1].Value} {match.Groups[2].Value}".TrimEnd());
        }

        return new MachineCode(lines[0], instructions, loops);
    }

    [GeneratedRegex(@"^(G_M\w+):")]
    private static partial Regex Label();

    // Alignment is no instruction of the loop: the JIT writes it before the label.
    [GeneratedRegex(@"^ {7}(?!align)(\w+)\s*(.*?)\s*$")]
    private static partial Regex Instruction();
}
