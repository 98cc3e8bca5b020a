using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Syntax;

namespace KernelFoundry.Inference.Templates;

/// <summary>
/// A Jinja template, as models ship them for their chats, set up as Hugging Face transformers does: blocks on lines of their own leave no
/// trace (<c>trim_blocks</c>, <c>lstrip_blocks</c>), <c>raise_exception</c>, <c>strftime_now</c>, <c>break</c> and <c>continue</c>,
/// <c>generation</c> blocks, and <c>tojson</c> that keeps every character as it is. A template reaches nothing but the values given to it,
/// and cannot change those. Immutable: one instance serves any number of threads.
/// </summary>
public sealed class Template
{
    private readonly SourceText _source;
    private readonly TemplateTree _tree;
    private readonly TemplateOptions _options;

    private Template(SourceText source, TemplateTree tree, TemplateOptions options)
    {
        _source = source;
        _tree = tree;
        _options = options;
    }

    /// <summary>Name of the template, for messages.</summary>
    public string Name => _source.Name;

    /// <summary>Reads a template.</summary>
    /// <param name="source">Its text.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="options">What it may use up.</param>
    /// <exception cref="TemplateException">The text is not a template.</exception>
    public static Template Parse(string source, string name = "template", TemplateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(name);
        options ??= new TemplateOptions();
        options.Validate();
        var text = new SourceText(name, source);
        if (source.Length > options.MaxSourceLength)
            throw text.Error(0, $"it has {source.Length} characters; at most {options.MaxSourceLength} are read.");
        TemplateTree tree = new StatementParser(text, Lexer.Read(text)).ParseTemplate();
        TreeChecker.Check(text, tree);
        return new Template(text, tree, options);
    }

    /// <summary>Renders the template.</summary>
    /// <param name="variables">Values by name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TemplateException">The template raises an error, or runs into a limit.</exception>
    public string Render(IReadOnlyDictionary<string, TemplateValue> variables, CancellationToken cancellationToken = default) =>
        RenderMarked(variables, cancellationToken).Text;

    /// <summary>Renders the template and says which parts of the text came from <c>generation</c> blocks: what a model is trained to say.</summary>
    /// <inheritdoc cref="Render"/>
    public RenderedTemplate RenderMarked(
        IReadOnlyDictionary<string, TemplateValue> variables, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(variables);
        return new Interpreter(_source, _options, cancellationToken).Run(_tree, variables);
    }
}
