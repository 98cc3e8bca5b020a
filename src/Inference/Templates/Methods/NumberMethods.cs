using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Methods;

/// <summary>Methods of numbers.</summary>
internal static class NumberMethods
{
    public static IReadOnlyDictionary<string, NativeFunction> All { get; } = MethodTable.Of(
    [
        new("is_integer", "self", a => TemplateValue.From(Self(a) is { IsFloat: false } || double.IsInteger(Self(a).ToDouble()))),
        new("bit_length", "self", BitLength),
    ]);

    private static Number Self(BoundArguments a) => Number.TryFrom(a[0], out Number number) ? number : default;

    private static TemplateValue BitLength(BoundArguments a) => Self(a).IsFloat
        ? throw a.Error("a float has no length in bits.")
        : TemplateValue.From(64 - long.LeadingZeroCount((long)Int128.Min(long.MaxValue, Int128.Abs(Self(a).Integer))));
}
