namespace KernelFoundry.Inference.Templates.Rendering;

/// <summary>The parameters of a built-in function, from a text such as "value width? *rest **named".</summary>
internal sealed class Signature
{
    private readonly string[] _names;
    private readonly int _required;
    private readonly bool _takesRest;
    private readonly bool _takesNamed;

    public Signature(string parameters)
    {
        string[] all = parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        _takesRest = all.Contains("*rest");
        _takesNamed = all.Contains("**named");
        _names = [.. all.Where(p => p[0] != '*').Select(p => p.TrimEnd('?'))];
        _required = all.Count(p => p[0] != '*' && p[^1] != '?');
    }

    /// <exception cref="TemplateException">Arguments are missing or too many.</exception>
    public BoundArguments Bind(RenderContext context, string callee, CallArguments arguments)
    {
        var values = new TemplateValue?[_names.Length];
        int given = Math.Min(arguments.Positional.Count, values.Length);
        for (int i = 0; i < given; i++)
            values[i] = arguments.Positional[i];
        if (arguments.Positional.Count > given && !_takesRest)
            throw context.Error($"{callee} takes at most {values.Length} arguments, not {arguments.Positional.Count}.");
        var named = new List<KeyValuePair<string, TemplateValue>>();
        foreach ((string name, TemplateValue value) in arguments.Named)
        {
            int place = Array.IndexOf(_names, name);
            if (place >= 0 && values[place] is null)
                values[place] = value;
            else if (place < 0 && _takesNamed)
                named.Add(new(name, value));
            else
                throw context.Error(place < 0 ? $"{callee} has no argument '{name}'." : $"{callee} is given '{name}' twice.");
        }

        int missing = Array.IndexOf(values, null);
        if (missing >= 0 && missing < _required)
            throw context.Error($"{callee} needs the argument '{_names[missing]}'.");
        return new BoundArguments(context, callee, values, [.. arguments.Positional.Skip(given)], named);
    }
}
