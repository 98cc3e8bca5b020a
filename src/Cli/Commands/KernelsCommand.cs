using System.CommandLine;
using System.Globalization;
using KernelFoundry.Cli.KernelText;
using KernelFoundry.Cli.Output;

namespace KernelFoundry.Cli.Commands;

/// <summary><c>kf kernels</c>: the kernel library, from the C# its authors wrote to the code devices run.</summary>
internal static class KernelsCommand
{
    private static readonly Option<bool> s_json = CommonOptions.Json();
    private static readonly Argument<string> s_name = new("NAME")
    {
        Description = "A kernel's name; the last part of it is enough if no other has it.",
    };

    private static readonly Option<string?> s_device = ShowDevice();
    private static readonly Option<string?> s_specialization = new("--specialization")
    {
        Description = "Values and types to compile for, as in headDim=96,T=Half,TScore=Causal. Types left out are the first possible ones.",
        HelpName = "S",
    };

    private static readonly Option<string> s_stage = Stage();

    public static Command Create()
    {
        var list = new Command("list", "Print all kernels and the size of the code they were compiled to.") { s_json };
        list.SetAction(List);
        var show = new Command("show", "Print a kernel at a stage of its compilation.") { s_name, s_device, s_specialization, s_stage };
        show.SetAction(Show);
        return new Command("kernels", "Look at the kernel library.") { list, show };
    }

    private static int List(ParseResult parsed)
    {
        IReadOnlyList<KernelDefinition> kernels = KernelCatalog.Kernels;
        if (parsed.GetValue(s_json))
        {
            KfJson.Print(new KernelsOutput([.. kernels.Select(ToOutput)]), json => json.KernelsOutput);
            return ExitCode.Done;
        }

        foreach (KernelDefinition kernel in kernels)
        {
            string types = kernel.TypeParameters.Count == 0 ? "" : $"<{string.Join(", ", kernel.TypeParameters.Select(t => t.Name))}>";
            KernelSize size = KernelCatalog.SizeOf(kernel);
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{kernel.Name}{types}  {kernel.SourceFile}:{kernel.SourceLine}  {size.Variants} variants, {size.CSharp} characters of C#, {size.OpenCl} of OpenCL C, {size.Ptx} of PTX"));
        }

        return ExitCode.Done;
    }

    private static int Show(ParseResult parsed)
    {
        KernelDefinition kernel = KernelCatalog.Find(parsed.GetRequiredValue(s_name));
        string? device = parsed.GetValue(s_device);
        string? specialization = parsed.GetValue(s_specialization);
        string text = parsed.GetValue(s_stage) switch
        {
            "source" => KernelCatalog.SourceOf(kernel),
            "ir" when device is null && specialization is null => kernel.IrText,
            "ir" => new SpecializedKernel(kernel, specialization, device).Ir(),
            "code" => new SpecializedKernel(kernel, specialization, device).Code(),
            _ => new SpecializedKernel(kernel, specialization, device).Generated(),
        };
        Console.Out.WriteLine(text.TrimEnd());
        return ExitCode.Done;
    }

    private static KernelOutput ToOutput(KernelDefinition kernel) => new(
        kernel.Name,
        $"{kernel.SourceFile}:{kernel.SourceLine}",
        kernel.Variants.Count,
        KernelCatalog.SizeOf(kernel),
        [.. kernel.TypeParameters.Select(t => new KernelTypeParameterOutput(t.Name, t.Interface, t.TypeArguments))],
        [.. kernel.Parameters.Select(
            p => new KernelParameterOutput(p.Name, p.Kind.ToString().ToLowerInvariant(), p.Type, p.Shape, p.Values))]);

    private static Option<string?> ShowDevice()
    {
        var option = new Option<string?>("--device") { Description = "Whose code to print; by default the cpu's." };
        option.AcceptOnlyFromAmong("cpu", "opencl", "opencl-subgroups", "cuda", "cuda-sm80", "cuda-sm90", "ilgpu");
        return option;
    }

    private static Option<string> Stage()
    {
        var option = new Option<string>("--stage")
        {
            Description = "The C# of the kernel, its IR (specialised if --device or --specialization is given), the loops it is lowered to, "
                + "or the device's code.",
            DefaultValueFactory = _ => "generated",
        };
        option.AcceptOnlyFromAmong("source", "ir", "code", "generated");
        return option;
    }
}
