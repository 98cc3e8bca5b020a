using System.Globalization;

namespace KernelFoundry.Compiler.Ir;

/// <summary>
/// Reads what <see cref="IrPrinter"/> writes and rebuilds it op for op: printing the result gives the same text. Types are inferred again and
/// must be those written; scopes and everything else are <see cref="IrVerifier"/>'s to check.
/// </summary>
public static class IrParser
{
    /// <summary>The file name in the positions of errors, which are positions in the text.</summary>
    internal const string TextName = "<ir>";

    private const int LargestBlock = 1 << 20;

    /// <summary>Parses a kernel.</summary>
    /// <exception cref="IrException">The text is not a kernel; its location is the place in the text.</exception>
    public static Kernel ParseKernel(string text)
    {
        var reader = new IrReader(text);
        reader.Expect(IrText.Kernel);
        string name = reader.Name();
        reader.File();
        reader.Expect("workgroup");
        int workGroup = reader.Int(1, 1 << 20), cudaWorkGroup = reader.TryTake("cuda") ? reader.Int(1, ParameterRules.MostCudaWorkGroup) : 0;
        ElementKind[] rounded = reader.TryTake(IrText.Rounds) ? [.. Halves(reader)] : [];
        bool approximatesExp = reader.TryTake(IrText.ApproximateExp);
        SourceLocation location = reader.Location();
        var types = new List<TypeParameter>();
        while (reader.TryTake("type"))
            types.Add(new TypeParameter(reader.Name(), reader.TryTake(":") ? reader.Name() : ""));
        List<Parameter> parameters = Parameters(reader, "param");
        var kernel = new Kernel
        {
            Name = name,
            Location = location,
            TypeParameters = types,
            Parameters = parameters,
            WorkGroup = workGroup,
            CudaWorkGroup = cudaWorkGroup,
            RoundedProducts = rounded,
            ApproximatesExp = approximatesExp,
            Body = new IrBodyReader(reader).Body(),
        };
        reader.End();
        return kernel;
    }

    /// <summary>Parses a functor.</summary>
    /// <exception cref="IrException">The text is not a functor; its location is the place in the text.</exception>
    public static Functor ParseFunctor(string text)
    {
        var reader = new IrReader(text);
        reader.Expect(IrText.Functor);
        string name = reader.Name();
        reader.Expect(":");
        string contract = reader.Name();
        reader.File();
        List<Parameter> fields = Parameters(reader, "field");
        var methods = new List<Function>();
        while (reader.TryTake("method"))
            methods.Add(new Function(reader.Name(), new IrBodyReader(reader).Body()));
        reader.End();
        return new Functor(name, contract, fields, methods);
    }

    /// <summary>Parses a quantization format.</summary>
    /// <exception cref="IrException">The text is not a format; its location is the place in the text.</exception>
    public static QuantFormat ParseFormat(string text)
    {
        var reader = new IrReader(text);
        reader.Expect(IrText.Format);
        string name = reader.Name();
        reader.File();
        reader.Expect("block");
        int size = reader.Int(1, LargestBlock);
        reader.Expect("bytes");
        int bytes = reader.Int(1, LargestBlock);
        reader.Expect("group");
        int group = reader.Int(1, LargestBlock);
        int leading = reader.TryTake(IrText.Leading) ? reader.Int(0, PanelLayout.Unit - 1) : bytes % PanelLayout.Unit;
        reader.Expect("decode");
        var decode = new Function(reader.Name(), new IrBodyReader(reader).Body());
        reader.End();
        return new QuantFormat(name, size, bytes, group, decode) { LeadingBytes = leading };
    }

    private static IEnumerable<ElementKind> Halves(IrReader reader)
    {
        foreach (ElementKind kind in new[] { ElementKind.F16, ElementKind.BF16 })
        {
            if (reader.TryTake(IrText.Word(kind)))
                yield return kind;
        }
    }

    private static List<Parameter> Parameters(IrReader reader, string keyword)
    {
        var parameters = new List<Parameter>();
        var names = new HashSet<string>();
        while (reader.TryTake(keyword))
        {
            IrToken at = reader.Peek;
            Parameter parameter = Parameter(reader);
            if (!names.Add(parameter.Name))
                throw IrReader.Error($"'{parameter.Name}' is declared twice", at);
            parameters.Add(parameter);
        }

        return parameters;
    }

    private static Parameter Parameter(IrReader reader)
    {
        string name = reader.Name();
        reader.Expect(":");
        ParameterKind kind = reader.Word(IrText.ParameterKinds);
        return kind switch
        {
            ParameterKind.View => new Parameter { Name = name, Kind = kind, Element = ElementOf(reader), Rank = reader.Int(1, 4), IsPanels = reader.TryTake(IrText.Panels) },
            ParameterKind.Functor => new Parameter { Name = name, Kind = kind, TypeParameter = reader.Name() },
            ParameterKind.Scalar => new Parameter { Name = name, Kind = kind, DType = reader.Word(IrText.DTypes) },
            _ => new Parameter
            {
                Name = name,
                Kind = kind,
                DType = reader.Word(IrText.DTypes),
                Values = Values(reader),
                IsGenericOnCpu = kind == ParameterKind.Specialized && reader.TryTake(IrText.GenericOnCpu),
                Choices = kind == ParameterKind.Schedule && reader.TryTake(IrText.Choices) ? Values(reader) : [],
            },
        };
    }

    private static Element ElementOf(IrReader reader)
    {
        if (reader.TryTake("type"))
            return Element.Parameter(reader.Name());
        if (reader.TryTake("quant"))
            return Quantized(reader);
        IrToken at = reader.Peek;
        string name = reader.Name();
        return Element.Primitives.FirstOrDefault(e => e.Name == name) ?? throw IrReader.Error($"'{name}' is no element type", at);
    }

    // The block's elements and bytes follow in parentheses where they are known.
    private static Element Quantized(IrReader reader)
    {
        Element element = Element.Quantized(reader.Name());
        if (!reader.TryTake("("))
            return element;
        int size = reader.Int(1, LargestBlock);
        reader.Expect(",");
        int bytes = reader.Int(1, LargestBlock);
        reader.Expect(")");
        return element with { BlockSize = size, BlockBytes = bytes };
    }

    private static int[] Values(IrReader reader)
    {
        var values = new List<int>();
        reader.Expect("(");
        while (!reader.TryTake(")"))
        {
            if (values.Count > 0)
                reader.Expect(",");
            values.Add(reader.Int(int.MinValue, int.MaxValue));
        }

        return values.ToArray();
    }
}
