namespace KernelFoundry.Testing.Ptx;

/// <summary>What an instruction of one operand gives in a lane.</summary>
internal interface ILaneFunction<TA, TResult>
{
    static abstract TResult Apply(TA a);
}

/// <summary>What an instruction of two operands gives in a lane.</summary>
internal interface ILaneFunction<TA, TB, TResult>
{
    static abstract TResult Apply(TA a, TB b);
}

/// <summary>What an instruction of three operands gives in a lane.</summary>
internal interface ILaneFunction<TA, TB, TC, TResult>
{
    static abstract TResult Apply(TA a, TB b, TC c);
}
