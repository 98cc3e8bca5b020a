namespace KernelFoundry.Compiler.Ir;

/// <summary>The IR breaks a rule of its own: shapes, types, scopes. The front end reports it at the op's source span.</summary>
public sealed class IrException : Exception
{
    public IrException(string message, SourceLocation location = default)
        : base(location.Line > 0 ? $"{location}: {message}" : message)
    {
        Reason = message;
        Location = location;
    }

    /// <summary>The message without the location.</summary>
    public string Reason { get; }

    public SourceLocation Location { get; }
}
