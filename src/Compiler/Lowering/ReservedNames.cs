using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>Which names generated code may give its variables and parameters: none that a target language or its text has already.</summary>
internal static class ReservedNames
{
    // Keywords of C#, C and OpenCL C; functions and constants that rendered text calls or a program must not hide; and what the frames of rendered
    // methods declare themselves.
    private const string Words =
        "abstract as base bool break byte case catch char checked class const continue decimal default delegate do double else enum event explicit " +
        "extern false finally fixed float for foreach goto if implicit in int interface internal is lock long namespace new null object operator " +
        "out override params private protected public readonly ref return sbyte sealed short sizeof stackalloc static string struct switch this " +
        "throw true try typeof uint ulong unchecked unsafe ushort using virtual void volatile while var " +
        "asm auto register signed unsigned typedef union half uchar kernel global local constant generic restrict inline pipe uniform " +
        "read_only write_only read_write vec_step size_t ptrdiff_t intptr_t uintptr_t event_t sampler_t NULL NAN INFINITY MAXFLOAT HUGE_VAL HUGE_VALF " +
        "exp log sqrt rsqrt tanh erf sin cos floor rint fmax fmin fmod max min fma abs fabs mul_hi select clamp mix step sign dot length normalize " +
        "any all isnan barrier vload2 vload4 vload_half vstore_half_rte as_int as_uint as_float as_short as_ushort convert_char_sat convert_uchar_sat " +
        "convert_char_sat_rtz convert_int_sat_rtz convert_uint_sat_rtz get_group_id get_local_id CLK_LOCAL_MEM_FENCE CLK_GLOBAL_MEM_FENCE shuffle2 as_uchar4 as_char4 " +
        "kf_philox kf_bf16 kf_half kf_set_half kf_dot4 kf_permute kf_item kf_barrier KF_GROUP KF_HALF " +
        "Math MathF BitConverter Span Half BFloat16 Lanes Elementary Contractions512 Contractions256 Contractions128 LaunchShape Vector128 Vector256 Vector512 Avx2 Avx512F Avx512BW " +
        "args scratch shape halves constants heldRow p0 p1 p2 lane lanes0 G V L views slots item GroupMath GroupElementary GroupBytes";

    private static readonly HashSet<string> Reserved =
    [
        .. Words.Split(' '),
        .. from type in new[] { "char", "uchar", "short", "ushort", "int", "uint", "long", "ulong", "half", "float", "double" }
           from lanes in new[] { "2", "3", "4", "8", "16" }
           select type + lanes,
        .. from type in new[] { "float", "int", "uint" }
           from stage in Enumerable.Range(0, 8)
           select $"{type}Lanes{IrText.Int(stage)}",
        .. Enumerable.Range(0, 64).Select(i => $"constant{IrText.Int(i)}"),
    ];

    /// <summary>The name each parameter has in target text: its own, or close to it where that or a name derived from it is taken.</summary>
    public static Dictionary<string, string> Parameters(Kernel kernel)
    {
        var taken = new HashSet<string>(Reserved);
        var names = new Dictionary<string, string>();
        foreach (Parameter parameter in kernel.Parameters)
        {
            string name = parameter.Name;
            while (InText(parameter, name).Any(taken.Contains))
                name += "_";
            taken.UnionWith(InText(parameter, name));
            names.Add(parameter.Name, name);
        }

        return names;
    }

    /// <summary>The names that variables of a kernel's code must not take, each counted once.</summary>
    public static Dictionary<string, int> For(Kernel kernel)
    {
        Dictionary<string, string> names = Parameters(kernel);
        IEnumerable<string> ofParameters = kernel.Parameters.SelectMany(p => InText(p, names[p.Name]).Append(p.Name));
        return Reserved.Concat(ofParameters).Distinct().ToDictionary(name => name, _ => 1);
    }

    // A view's pointer comes with its offset, extents, strides, and the strides in bytes of quantized rows.
    private static IEnumerable<string> InText(Parameter parameter, string name)
    {
        yield return name;
        if (parameter.Kind != ParameterKind.View)
            yield break;
        yield return name + "_p";
        yield return name + "_o";
        for (int axis = 0; axis < parameter.Rank; axis++)
        {
            foreach (char kind in "esb")
                yield return $"{name}_{kind}{IrText.Int(axis)}";
        }
    }
}
