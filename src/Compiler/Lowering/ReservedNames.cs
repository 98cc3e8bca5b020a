using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>Names generated variables must not take: parameters, and the words of the target languages.</summary>
internal static class ReservedNames
{
    private const string Words =
        "abstract as base bool break byte case catch char checked class const continue decimal default delegate do double else enum event explicit " +
        "extern false finally fixed float for foreach goto if implicit in int interface internal is lock long namespace new null object operator " +
        "out override params private protected public readonly ref return sbyte sealed short sizeof stackalloc static string struct switch this " +
        "throw true try typeof uint ulong unchecked unsafe ushort using virtual void volatile while var auto register signed unsigned typedef union " +
        "half uchar kernel global local constant restrict inline args scratch halves p0 p1 p2 shape exp log sqrt rsqrt tanh erf sin cos floor rint fmax " +
        "fmin max min fma abs fabs select clamp mix step sign dot length normalize any all";

    private static readonly HashSet<string> Reserved = [.. Words.Split(' ')];

    /// <summary>Whether a target language or its library has the name already.</summary>
    public static bool IsWord(string name) => Reserved.Contains(name);

    public static Dictionary<string, int> For(Kernel kernel)
    {
        var names = Words.Split(' ').ToDictionary(w => w, _ => 1);
        foreach (Parameter parameter in kernel.Parameters)
        {
            names[parameter.Name] = 1;
            names[parameter.Name + "_"] = 1;
        }
        return names;
    }
}
