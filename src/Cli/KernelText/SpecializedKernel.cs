using System.Globalization;
using KernelFoundry.Cli.Commands;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;
using KernelFoundry.Compiler.Passes;
using KernelFoundry.Compiler.Targets;
using KernelFoundry.Compiler.Targets.Ilgpu;
using KernelFoundry.Compiler.Targets.Ptx;
using IrElement = KernelFoundry.Compiler.Ir.Element;

namespace KernelFoundry.Cli.KernelText;

/// <summary>A kernel compiled, here and now, for the types, values and device the command line names.</summary>
internal sealed class SpecializedKernel
{
    private static readonly int s_bits = CpuCode.BestVectorBits;

    private readonly KernelDefinition _definition;
    private readonly Func<TargetKind, Kernel> _specialized;
    private readonly Kernel _kernel;
    private readonly string _device;
    private readonly string _label;

    /// <param name="definition">The kernel.</param>
    /// <param name="specialization">As in <c>headDim=96,T=Half,TScore=Causal</c>; null for nothing said.</param>
    /// <param name="device">cpu, opencl, opencl-subgroups, cuda, cuda-sm80, cuda-sm90, or ilgpu, whose schedule is OpenCL's; null for cpu.</param>
    /// <exception cref="UsageException">A name or value does not fit the kernel.</exception>
    public SpecializedKernel(KernelDefinition definition, string? specialization, string? device)
    {
        _definition = definition;
        _device = device ?? "cpu";
        Dictionary<string, string> said = Parse(specialization ?? "");
        Dictionary<string, string> types = definition.TypeParameters.ToDictionary(t => t.Name, t => Choose(t, said));
        Dictionary<string, int?> values = definition.Parameters.Where(p => p.Kind == KernelParameterKind.Specialized)
            .ToDictionary(p => p.Name, p => Value(p.Name, said));
        CheckNames(said, types.Keys.Concat(values.Keys));
        IEnumerable<string> bound = values.Select(v => $"{v.Key} = {v.Value?.ToString(CultureInfo.InvariantCulture) ?? "any"}");
        _label = string.Join(", ", types.Values.Select(KernelCatalog.Simple).Concat(bound));
        Specialization specialized = Bind(types, values);
        Kernel kernel = IrParser.ParseKernel(definition.IrText);
        _specialized = target => Specializer.Specialize(kernel, specialized, target);
        _kernel = _specialized(_device switch
        {
            "opencl" or "opencl-subgroups" or "ilgpu" => TargetKind.OpenCl,
            "cuda" => TargetKind.Cuda,
            "cuda-sm80" => TargetKind.CudaMatrices,
            "cuda-sm90" => TargetKind.CudaWarpgroups,
            _ => TargetKind.Cpu,
        });
    }

    /// <summary>The specialised IR.</summary>
    public string Ir() => IrPrinter.Print(_kernel, positions: false);

    /// <summary>The code form the device's code is rendered from: loops over vectors, or over the work-items of a group.</summary>
    public string Code() =>
        CodePrinter.Print(_device switch
        {
            "opencl" or "ilgpu" => OpenClTarget.Lower(_kernel),
            "opencl-subgroups" => OpenClTarget.LowerSubGroups(_kernel),
            "cuda" => PtxTarget.Lower(_kernel),
            "cuda-sm80" => PtxTarget.Lower(_kernel, PtxInstructions.Matrices),
            "cuda-sm90" => PtxTarget.Lower(_kernel, PtxInstructions.Warpgroups),
            _ => CSharpTarget.Lower(_kernel, s_bits),
        });

    /// <summary>The device's code: C# for the widest vectors of this processor, OpenCL C, PTX, or C# for ILGPU.</summary>
    public string Generated()
    {
        string name = KernelCatalog.Simple(_definition.Name);
        string header = $"// {_definition.Name} ({_label}), {_definition.SourceFile}:{_definition.SourceLine}\n";
        return header + _device switch
        {
            "opencl" => $"// OpenCL C 1.2\n{OpenClTarget.Render(_kernel, name).Source}",
            "opencl-subgroups" => OpenClTarget.RenderSubGroups(_kernel, name) is { } program
                ? $"// OpenCL C with sub-groups\n{program.Source}"
                : "// Nothing to shuffle: devices with sub-groups run the code of the others.\n",
            "ilgpu" => $"// C# for ILGPU\n{IlgpuTarget.RenderMethod(_kernel)}",
            "cuda" => $"// PTX\n{PtxTarget.Render(_ => _kernel, name)[0].Source}",
            "cuda-sm80" => Module(name, PtxInstructions.Matrices) ?? "// No instructions on matrices: GPUs of compute capability 8.0 run the code of the others.\n",
            "cuda-sm90" => Module(name, PtxInstructions.Warpgroups) ?? "// No instructions of warpgroups: GPUs of compute capability 9.0 run the code of 8.0, or of the others.\n",
            _ => $"// C# for {s_bits}-bit vectors\n{CSharpTarget.RenderWidth(_kernel, s_bits)}",
        };
    }

    private string? Module(string name, int target) =>
        PtxTarget.Render(_specialized, name).FirstOrDefault(module => module.Target == target) is { } module ? $"// PTX\n{module.Source}" : null;

    private Specialization Bind(Dictionary<string, string> types, Dictionary<string, int?> values)
    {
        var elements = new Dictionary<string, IrElement>();
        var functors = new Dictionary<string, Functor>();
        var formats = new Dictionary<string, QuantFormat>();
        foreach (KernelTypeParameterInfo parameter in _definition.TypeParameters)
        {
            string type = types[parameter.Name];
            if (parameter.Interface.Length > 0)
            {
                functors[parameter.Name] = KernelCatalog.Functor(type, parameter.Interface);
                continue;
            }

            IrElement? primitive = IrElement.Primitives.FirstOrDefault(e => e.Name == type);
            elements[parameter.Name] = primitive ?? IrElement.Quantized(type);
            if (primitive is null)
                formats[type] = KernelCatalog.Format(type);
        }

        return new Specialization(elements, functors, values, formats);
    }

    private static Dictionary<string, string> Parse(string text)
    {
        var said = new Dictionary<string, string>();
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] sides = part.Split('=', StringSplitOptions.TrimEntries);
            if (sides.Length != 2 || sides[0].Length == 0 || sides[1].Length == 0)
                throw new UsageException($"--specialization has '{part}'; it is a list of name=value, separated by commas.");
            if (!said.TryAdd(sides[0], sides[1]))
                throw new UsageException($"--specialization says '{sides[0]}' twice.");
        }

        return said;
    }

    // A type by its name, its last part, or the beginning of that part, if one alone fits.
    private static string Choose(KernelTypeParameterInfo parameter, Dictionary<string, string> said)
    {
        if (!said.TryGetValue(parameter.Name, out string? wanted))
            return parameter.IsFunctor ? KernelCatalog.Plainest(parameter.TypeArguments) : parameter.TypeArguments[0];
        string[] exact = [.. parameter.TypeArguments.Where(t => Same(t, wanted) || Same(KernelCatalog.Simple(t), wanted))];
        string[] found = exact.Length > 0
            ? exact
            : [.. parameter.TypeArguments.Where(t => KernelCatalog.Simple(t).StartsWith(wanted, StringComparison.OrdinalIgnoreCase))];
        return found.Length == 1
            ? found[0]
            : throw new UsageException($"{parameter.Name} cannot be '{wanted}': it is one of "
                + $"{string.Join(", ", parameter.TypeArguments.Select(KernelCatalog.Simple))}.");
    }

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);

    private static int? Value(string name, Dictionary<string, string> said)
    {
        if (!said.TryGetValue(name, out string? text) || text == "any")
            return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw new UsageException($"{name} cannot be '{text}': it is an integer, or any.");
    }

    private static void CheckNames(Dictionary<string, string> said, IEnumerable<string> known)
    {
        string[] names = [.. known];
        foreach (string name in said.Keys)
        {
            if (!names.Contains(name))
            {
                string list = names.Length == 0 ? "nothing to specialise" : string.Join(", ", names);
                throw new UsageException($"--specialization says '{name}', but the kernel has {list}.");
            }
        }
    }
}
