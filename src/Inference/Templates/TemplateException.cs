namespace KernelFoundry.Inference.Templates;

/// <summary>
/// A template cannot be read or rendered: a mistake in it, an error it raises itself, or a limit it ran into. It is the only exception
/// that the text of a template and the values given to it can cause.
/// </summary>
public sealed class TemplateException : Exception
{
    /// <summary>Describes one error.</summary>
    /// <param name="template">Name of the template.</param>
    /// <param name="line">Line, from 1.</param>
    /// <param name="column">Column in characters, from 1.</param>
    /// <param name="reason">What is wrong.</param>
    /// <param name="cause">What it was noticed by.</param>
    public TemplateException(string template, int line, int column, string reason, Exception? cause = null)
        : base($"The template '{template}' fails at line {line}, column {column}: {reason}", cause)
    {
        Template = template;
        Line = line;
        Column = column;
        Reason = reason;
    }

    /// <summary>Name of the template.</summary>
    public string Template { get; }

    /// <summary>Line, from 1.</summary>
    public int Line { get; }

    /// <summary>Column in characters, from 1.</summary>
    public int Column { get; }

    /// <summary>What is wrong, without the place.</summary>
    public string Reason { get; }
}
