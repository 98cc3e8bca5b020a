using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace KernelFoundry.Compiler.Ir;

/// <summary>What a verifier says of a broken rule: put together only where the rule is broken, since almost none ever is.</summary>
[InterpolatedStringHandler]
internal readonly ref struct RuleMessage
{
    private readonly StringBuilder? _text;

    public RuleMessage(int literalLength, int formattedCount, bool holds, out bool isBroken)
    {
        isBroken = !holds;
        _text = holds ? null : new StringBuilder(literalLength + (8 * formattedCount));
    }

    public void AppendLiteral(string text) => _text!.Append(text);

    public void AppendFormatted<T>(T value) => _text!.Append(Convert.ToString(value, CultureInfo.InvariantCulture));

    public override string ToString() => _text?.ToString() ?? "";
}
