using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Lowering;

/// <summary>
/// Checks that a program in code form keeps the rules of its grammar: variables declared once, before use and in scope, assigned only where
/// mutable; operands of the types and the vector-ness their op takes; buffers and views known and indexed by their rank; vectors only in the vector
/// form, barriers and work-item indices only in the thread form; grid and buffer sizes known at launch. Lowering's output passes it for every
/// target.
/// </summary>
public static class CodeVerifier
{
    /// <summary>Verifies a program.</summary>
    /// <exception cref="IrException">A rule is broken; the location is the statement's, or that of the nearest one before it.</exception>
    public static void Verify(Program program, CodeForm form)
    {
        var scope = new CodeScope(program, form);
        var expressions = new ExpressionRules(scope);
        expressions.CheckLaunch(program);
        new StatementRules(scope, expressions).Check(program.Body);
    }
}
