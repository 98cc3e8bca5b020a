using System.Runtime.CompilerServices;
using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>What names mean at one place of a program that is verified.</summary>
internal sealed class CodeScope
{
    private readonly Dictionary<string, Parameter> _parameters;
    private readonly Dictionary<string, LocalBuffer> _buffers = [];
    private readonly Dictionary<string, bool> _mutable = [];
    private readonly Dictionary<string, Var> _visible = [];

    public CodeScope(Program program, CodeForm form)
    {
        Form = form;
        HasWholeWarps = program.WorkGroup % Warp.Size == 0;
        Location = program.Kernel.Location;
        _parameters = program.Kernel.Parameters.ToDictionary(p => p.Name);
        foreach (LocalBuffer buffer in program.Buffers)
        {
            Require(!_parameters.ContainsKey(buffer.Name) && !_buffers.ContainsKey(buffer.Name), $"the name {buffer.Name} is given twice");
            _buffers.Add(buffer.Name, buffer);
        }
    }

    public CodeForm Form { get; }

    /// <summary>Whether every work-item is one of a full warp.</summary>
    public bool HasWholeWarps { get; }

    /// <summary>Where the statement being checked comes from.</summary>
    public SourceLocation Location { get; set; }

    public void Require(bool holds, string message) => IrVerifier.Require(holds, message, Location);

    public void Require(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] RuleMessage message)
    {
        if (!holds)
            throw new IrException(message.ToString(), Location);
    }

    /// <summary>Declares a variable. Its name is no other's in the whole program: C# refuses one that an inner scope had before.</summary>
    public void Declare(Var variable, bool mutable)
    {
        string name = variable.Name;
        Require(!_mutable.ContainsKey(name) && !_parameters.ContainsKey(name) && !_buffers.ContainsKey(name), $"the name {name} is given twice");
        _mutable.Add(name, mutable);
        _visible.Add(name, variable);
    }

    /// <summary>Ends the scope of variables.</summary>
    public void Forget(IEnumerable<Var> variables)
    {
        foreach (Var variable in variables)
            _visible.Remove(variable.Name);
    }

    public void Use(Var variable)
    {
        bool isVisible = _visible.TryGetValue(variable.Name, out Var? declared);
        Require(isVisible, $"variable {variable.Name} is not declared here");
        Require(declared == variable, $"variable {variable.Name} is declared as {Describe(declared!)} and used as {Describe(variable)}");
    }

    public void RequireMutable(Var variable) => Require(_mutable[variable.Name], $"variable {variable.Name} is assigned and not mutable");

    public void Use(LocalBuffer buffer) =>
        Require(_buffers.TryGetValue(buffer.Name, out LocalBuffer? known) && known == buffer, $"the program has no such buffer {buffer.Name}");

    public Parameter View(string name)
    {
        Require(Find(name) is { Kind: ParameterKind.View }, $"there is no view {name}");
        return _parameters[name];
    }

    public Parameter? Find(string name) => _parameters.TryGetValue(name, out Parameter? parameter) ? parameter : null;

    /// <summary>A type as messages name it.</summary>
    public static string Describe(Expr expression) => IrText.Word(expression.Type) + (expression.IsVector ? " lanes" : "");
}
