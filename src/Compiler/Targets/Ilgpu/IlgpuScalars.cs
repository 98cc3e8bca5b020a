using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets.Ilgpu;

/// <summary>Scalar expressions and variables of group code.</summary>
internal abstract class IlgpuScalars(Program program) : CSharpScalars(program, CSharpDialect.Group)
{
    /// <summary>The type parameters of a kernel's method.</summary>
    protected const string Group = "G", View = "V", Local = "L";

    protected override void WriteLet(Let let) => Line($"{TypeName(let.Var.Type)} {let.Var.Name} = {Bare(Scalar(let.Value))};");

    protected override void WriteAssign(Assign assign) => Line($"{assign.Var.Name} = {Bare(Scalar(assign.Value))};");
}
