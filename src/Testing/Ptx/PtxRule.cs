using System.Globalization;

namespace KernelFoundry.Testing.Ptx;

/// <summary>What an operand must be.</summary>
internal enum PtxRuleKind
{
    Register, Immediate, Label, Parameter, Global, Shared,
}

/// <summary>
/// What an operand must be, written as <c>f32</c> (a register or literal), <c>=f32</c> (a register that is written), <c>+f32</c> (one that is read and written), <c>=~u8</c> (one that may be wider),
/// <c>f32*4</c> (a vector), <c>=b32?pred</c> (a register and perhaps a predicate), <c>b32?</c> (a last one that may be left out), <c>#</c> (an integer
/// literal), <c>label</c>, <c>[param]</c>, <c>[global]</c>, <c>[shared]</c>.
/// </summary>
internal sealed record PtxRule(PtxRuleKind Kind, PtxType Type, int Count, bool IsWritten, bool IsRelaxed, bool MayPair, bool IsOptional = false, bool IsVector = false)
{
    /// <summary>Whether it is written and read too.</summary>
    public bool IsUpdated { get; private init; }

    public static PtxRule Parse(string text)
    {
        PtxRuleKind? other = text switch
        {
            "#" => PtxRuleKind.Immediate,
            "label" => PtxRuleKind.Label,
            "[param]" => PtxRuleKind.Parameter,
            "[global]" => PtxRuleKind.Global,
            "[shared]" => PtxRuleKind.Shared,
            _ => null,
        };
        if (other is { } kind)
            return new PtxRule(kind, PtxType.B32, 1, false, false, false);
        bool isOptional = text[^1] == '?';
        text = text.TrimEnd('?');
        bool isUpdated = text[0] == '+', isWritten = isUpdated || text[0] == '=';
        text = text.TrimStart('=', '+');
        bool isRelaxed = text[0] == '~';
        text = text.TrimStart('~');
        bool mayPair = text.EndsWith("?pred", StringComparison.Ordinal);
        text = mayPair ? text[..^5] : text;
        int star = text.IndexOf('*', StringComparison.Ordinal);
        int count = star < 0 ? 1 : int.Parse(text.AsSpan(star + 1), CultureInfo.InvariantCulture);
        return new PtxRule(PtxRuleKind.Register, PtxTypes.Find(star < 0 ? text : text[..star])!.Value, count, isWritten, isRelaxed, mayPair, isOptional, star >= 0) { IsUpdated = isUpdated };
    }
}
