using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets.Ilgpu;

/// <summary>
/// Which variables of a program in thread form differ among the work-items of a group: those made from the work-item's index, or assigned where
/// only some items come. What memory holds at the same place is the same for all, since items do not race.
/// </summary>
internal sealed class Uniformity
{
    private readonly HashSet<string> _varying = [];
    private readonly bool _isAlone;

    public Uniformity(Program program)
    {
        _isAlone = program.WorkGroup == 1;
        int known;
        do
        {
            known = _varying.Count;
            Visit(program.Body, false);
        }
        while (_varying.Count > known);
    }

    public bool IsUniform(Var variable) => !_varying.Contains(variable.Name);

    public bool IsUniform(Expr expression) => !CodeWalk.All(expression).Any(e => e switch
    {
        ThreadIndex => !_isAlone,
        Var variable => _varying.Contains(variable.Name),
        _ => false,
    });

    private void Visit(IEnumerable<Stmt> body, bool isVarying)
    {
        foreach (Stmt statement in body)
        {
            switch (statement)
            {
                case Let let:
                    Define(let.Var, isVarying, let.Value);
                    break;
                case Assign assign:
                    Define(assign.Var, isVarying, assign.Value);
                    break;
                case Shuffle shuffle:
                    Define(shuffle.Var, true);
                    break;
                case For loop:
                    Define(loop.Index, isVarying, loop.From, loop.To, loop.Step);
                    Visit(loop.Body, isVarying || !IsUniform(loop.Index));
                    break;
                case While loop:
                    bool varies = isVarying || !IsUniform(loop.Condition);
                    Visit(loop.Head, varies);
                    Visit(loop.Body, varies);
                    break;
                case If choice:
                    Visit(choice.Then.Concat(choice.Else), isVarying || !IsUniform(choice.Condition));
                    break;
            }
        }
    }

    private void Define(Var variable, bool isVarying, params Expr[] values)
    {
        if (isVarying || values.Any(v => !IsUniform(v)))
            _varying.Add(variable.Name);
    }
}
