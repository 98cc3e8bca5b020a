using System.Text;

namespace KernelFoundry.Compiler.Ir;

/// <summary>
/// The text of a kernel, a functor or a quantization format: what golden files, embedded IR and dumps hold and <see cref="IrParser"/> reads.
/// Values are numbered in order of definition and keep their C# names; source positions trail as <c>; line:column</c>.
/// </summary>
public static class IrPrinter
{
    /// <summary>Prints a kernel, with the source positions of its ops or, so that moved code prints alike, without.</summary>
    public static string Print(Kernel kernel, bool positions = true)
    {
        var writer = new Writer(kernel.Location.File ?? "", positions);
        writer.Text($"{IrText.Kernel} {IrText.Name(kernel.Name)}").File().Text($" workgroup {IrText.Int(kernel.WorkGroup)}");
        if (kernel.CudaWorkGroup > 0)
            writer.Text($" cuda {IrText.Int(kernel.CudaWorkGroup)}");
        if (kernel.RoundedProducts.Count > 0)
            writer.Text($" {IrText.Rounds} {string.Join(" ", kernel.RoundedProducts.Select(kind => IrText.Word(kind)))}");
        if (kernel.ApproximatesExp)
            writer.Text($" {IrText.ApproximateExp}");
        writer.Location(kernel.Location).Line();
        foreach (TypeParameter parameter in kernel.TypeParameters)
            writer.Text($"type {IrText.Name(parameter.Name)}{(parameter.IsFunctor ? " : " + IrText.Name(parameter.Interface) : "")}").Line();
        foreach (Parameter parameter in kernel.Parameters)
            writer.Text("param ").Parameter(parameter).Line();
        writer.Region(kernel.Body);
        return writer.Line().ToString();
    }

    /// <summary>Prints a functor: its fields and methods.</summary>
    public static string Print(Functor functor, bool positions = true)
    {
        var writer = new Writer(FileOf(functor.Methods.Select(m => m.Body)), positions);
        writer.Text($"{IrText.Functor} {IrText.Name(functor.Name)} : {IrText.Name(functor.Interface)}").File().Line();
        foreach (Parameter field in functor.Fields)
            writer.Text("field ").Parameter(field).Line();
        foreach (Function method in functor.Methods)
            writer.Function("method", method).Line();
        return writer.ToString();
    }

    /// <summary>Prints a quantization format.</summary>
    public static string Print(QuantFormat format, bool positions = true)
    {
        var writer = new Writer(FileOf([format.Decode.Body]), positions);
        writer.Text($"{IrText.Format} {IrText.Name(format.Name)}").File();
        string leading = format.LeadingBytes == format.BlockBytes % PanelLayout.Unit ? "" : $" {IrText.Leading} {IrText.Int(format.LeadingBytes)}";
        writer.Text($" block {IrText.Int(format.BlockSize)} bytes {IrText.Int(format.BlockBytes)} group {IrText.Int(format.GroupSize)}{leading}").Line();
        return writer.Function("decode", format.Decode).Line().ToString();
    }

    /// <summary>Prints a parameter: its name, kind and type.</summary>
    public static string Print(Parameter parameter) => $"{IrText.Name(parameter.Name)}: {IrText.Word(parameter.Kind)} " + parameter.Kind switch
    {
        ParameterKind.View => $"{Print(parameter.Element)} {IrText.Int(parameter.Rank)}{(parameter.IsPanels ? " " + IrText.Panels : "")}",
        ParameterKind.Functor => IrText.Name(parameter.TypeParameter),
        ParameterKind.Scalar => IrText.Word(parameter.DType),
        _ => $"{IrText.Word(parameter.DType)} ({string.Join(", ", parameter.Values.Select(IrText.Int))})"
            + (parameter.IsGenericOnCpu ? " " + IrText.GenericOnCpu : "")
            + (parameter.IsTunable ? $" {IrText.Choices} ({string.Join(", ", parameter.Choices.Select(IrText.Int))})" : ""),
    };

    private static string Print(Element element) => element.Kind switch
    {
        ElementKind.Parameter => "type " + IrText.Name(element.Name),
        ElementKind.Quantized when element.BlockSize > 0 =>
            $"quant {IrText.Name(element.Name)}({IrText.Int(element.BlockSize)}, {IrText.Int(element.BlockBytes)})",
        ElementKind.Quantized => "quant " + IrText.Name(element.Name),
        _ => IrText.Name(element.Name),
    };

    private static string FileOf(IEnumerable<Block> bodies) =>
        bodies.SelectMany(b => b.Ops).Select(op => op.Location.File).FirstOrDefault(f => !string.IsNullOrEmpty(f)) ?? "";

    private sealed class Writer(string file, bool positions)
    {
        private readonly StringBuilder _text = new();
        private readonly Dictionary<Value, int> _ids = [];
        private readonly Dictionary<Value, int> _free = [];
        private int _indent;

        public override string ToString() => _text.ToString();

        public Writer Text(string text)
        {
            _text.Append(text);
            return this;
        }

        public Writer Line()
        {
            _text.Append('\n');
            return this;
        }

        public Writer File() => file.Length > 0 ? Text($" file {IrText.Quote(file)}") : this;

        public Writer Location(SourceLocation location)
        {
            string source = location.File ?? "";
            if (!positions || (location.Line == 0 && location.Column == 0 && source.Length == 0))
                return this;
            string prefix = source == file ? "" : IrText.Quote(source) + ":";
            return Text($" ; {prefix}{IrText.Int(location.Line)}:{IrText.Int(location.Column)}");
        }

        public Writer Parameter(Parameter parameter) => Text(Print(parameter));

        public Writer Function(string keyword, Function function)
        {
            _ids.Clear();
            _free.Clear();
            return Text($"{keyword} {IrText.Name(function.Name)} ").Region(function.Body);
        }

        public Writer Region(Block block)
        {
            Text("{");
            if (block.Arguments.Count > 0)
                Text($" ({string.Join(", ", block.Arguments.Select(Define))})");
            Line();
            _indent++;
            foreach (Op op in block.Ops)
                Operation(op);
            _indent--;
            return Indent().Text("}");
        }

        private Writer Indent() => Text(new string(' ', _indent * 2));

        private void Operation(Op op)
        {
            Indent();
            if (op.Results.Length > 0)
                Text(string.Join(", ", op.Results.Select(Define))).Text(" = ");
            Text(op.Info.Name).Text(Attribute(op)).Operands(op).Location(op.Location);
            for (int i = 0; i < op.Regions.Length; i++)
                Text(i == 0 ? " " : $" {IrText.Between(op.Code)} ").Region(op.Regions[i]);
            Line();
        }

        private static string Attribute(Op op) => (op.Code, op.Attribute) switch
        {
            (OpCode.Const, Number number) => " " + IrText.Literal(number),
            (OpCode.Param or OpCode.Field, string name) => " " + IrText.Name(name),
            (OpCode.ProgramId or OpCode.Expand, int axis) => $"<{IrText.Int(axis)}>",
            (OpCode.ViewExtent, MemoryAccess access) => $"<{IrText.Int(access.Axis)}> {IrText.Name(access.View)}",
            (OpCode.BlockSize, MemoryAccess access) => $" {IrText.Name(access.View)}",
            (OpCode.Load, MemoryAccess { Part: not LoadPart.Value } access) => $"<{IrText.Word(access.Part)}>",
            (OpCode.RawLoad, MemoryAccess access) => $"<{IrText.Word(access.Raw)}>",
            (_, LookupTable table) => $"<{string.Join(", ", Enumerable.Range(0, LookupTable.Count).Select(i => IrText.Int(table[i])))}>",
            (_, Reduction reduction) => $"<{IrText.Word(reduction.Kind)}, {IrText.Int(reduction.Axis)}>",
            (_, FunctorCall call) =>
                $" {IrText.Name(call.TypeParameter)}.{IrText.Name(call.Method)}{(call.Self.Length > 0 ? " on " + IrText.Name(call.Self) : "")}",
            _ => "",
        };

        private Writer Operands(Op op)
        {
            if (op.Attribute is not MemoryAccess access || op.Code is OpCode.ViewExtent or OpCode.BlockSize)
                return op.Operands.Length > 0 ? Text(" " + List(op.Operands)) : this;
            int after = op.Code == OpCode.Store ? (access.Masked ? 2 : 1) : (access.Masked ? 2 : 0);
            int rank = Math.Max(0, op.Operands.Length - after);
            Value[] rest = op.Operands.Skip(rank).ToArray();
            Text($" {IrText.Name(access.View)}[{List(op.Operands.Take(rank))}]");
            string[] words = op.Code == OpCode.Store ? [" =", " mask"] : [" mask", " else"];
            for (int i = 0; i < rest.Length; i++)
                Text($"{words[i]} {Use(rest[i])}");
            return this;
        }

        private string List(IEnumerable<Value> values) => string.Join(", ", values.Select(Use));

        private string Define(Value value)
        {
            string type = Type(value.Type);
            value.Id = _ids.Count;
            _ids[value] = value.Id;
            return $"{Use(value)}: {type}";
        }

        private string Use(Value value)
        {
            if (_ids.TryGetValue(value, out int id))
                return $"%{IrText.Int(id)}{(value.Name is { Length: > 0 } name ? "." + IrText.Name(name) : "")}";
            if (!_free.TryGetValue(value, out int free))
                _free[value] = free = _free.Count;
            return $"?{IrText.Int(free)}";
        }

        private string Type(ValueType type)
        {
            string dtype = IrText.Word(type.DType);
            IEnumerable<string> extents = type.Shape.Select(e => e.Dynamic is { } value ? Use(value) : IrText.Int(e.Constant));
            return type.IsScalar ? dtype : $"{dtype}[{string.Join(", ", extents)}]";
        }
    }
}
