using System.Globalization;
using System.Text;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets.Ptx;

/// <summary>
/// The thread form as PTX: one block of threads a program. A view is an address of its element 0 (u64), its extents (u32) and strides in elements
/// (u64), a scalar 32 bits, in the order of a launch's slots; local buffers lie in shared memory, whose size the launch says.
/// </summary>
internal sealed partial class PtxWriter(Program program, int target)
{
    private const string Shared = "shared";

    // A tab: every line has it, in some hundred thousand lines.
    private const char Indentation = '\t';

    private readonly PtxCode _code = new();
    private readonly Dictionary<string, PtxOperand> _variables = [];
    private readonly (Parameter Parameter, string Name, char Kind, int Slot)[] _slots = [.. LaunchSlots.Of(program.Kernel)];
    private int _line;

    public string Source(string entryPoint)
    {
        WriteAll(program.Body);
        _code.Do("ret");
        if (_code.Lines.OfType<PtxInstruction>().FirstOrDefault(line => line.Target > target) is { } newer)
            throw new InvalidOperationException($"{newer} is not of sm_{Int(target)}");
        bool isSpecific = target == PtxInstructions.Warpgroups;
        var text = new StringBuilder();
        text.Append($".version {PtxInstructions.VersionOf(target)}\n.target sm_{Int(target)}{(isSpecific ? "a" : "")}\n.address_size 64\n\n");
        if (program.Buffers.Count > 0)
            text.Append($".extern .shared .align {Int(isSpecific ? MatrixAlignment : 16)} .b8 {Shared}[];\n\n");
        text.Append($".visible .entry {entryPoint}(");
        text.Append(string.Concat(_slots.Select((slot, i) => $"{(i > 0 ? "," : "")}\n{Indentation}.param {ParameterType(slot.Parameter, slot.Kind)} {ParameterName(slot)}")));
        text.Append($")\n.reqntid {Int(program.WorkGroup)}, 1, 1\n{{\n");
        foreach (string declaration in _code.Declarations())
            text.Append(Indentation).Append(declaration).Append('\n');
        text.Append('\n');
        foreach (PtxLine line in _code.Lines)
        {
            if (line is not PtxLabel)
                text.Append(Indentation);
            text.Append(line).Append('\n');
        }

        return text.Append("}\n").ToString();
    }

    /// <summary>A name as PTX allows it: letters, digits and underscores of ASCII.</summary>
    public static string Identifier(string name) => string.Concat(name.Select(c =>
        c < 128 && (char.IsLetterOrDigit(c) || c == '_') ? c.ToString() : "$" + ((int)c).ToString("X4", CultureInfo.InvariantCulture)));

    // Views' slots have suffixes; with one for values too, no name is a word of the language.
    private static string ParameterName((Parameter Parameter, string Name, char Kind, int Slot) slot) =>
        Identifier(slot.Name) + (slot.Kind switch { 'p' => "_p", 'v' => "_v", _ => "" });

    private static string ParameterType(Parameter parameter, char kind) => kind switch
    {
        'p' or 's' => ".u64",
        'v' when parameter.DType == DType.F32 => ".f32",
        _ => ".u32",
    };

    private PtxRegister Slot(string name, char kind)
    {
        (Parameter Parameter, string Name, char Kind, int Slot) slot = _slots.First(s => s.Kind == kind && s.Name == name);
        string type = ParameterType(slot.Parameter, kind);
        var address = new PtxAddress(PtxOperandKind.ParameterAddress, ParameterName(slot));
        return _code.Leaf(
            type switch { ".u64" => PtxOperandKind.B64, ".f32" => PtxOperandKind.F32, _ => PtxOperandKind.B32 }, "ld.param" + type, address);
    }

    private static PtxOperandKind KindOf(DType type) => type switch
    {
        DType.F32 => PtxOperandKind.F32,
        DType.Bool => PtxOperandKind.Pred,
        _ => PtxOperandKind.B32,
    };

    private static PtxLiteral Literal(int value) => new(value);

    private static string Int(int value) => value.ToString(CultureInfo.InvariantCulture);
}
