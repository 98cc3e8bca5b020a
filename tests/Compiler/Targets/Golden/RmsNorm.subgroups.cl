#pragma OPENCL FP_CONTRACT OFF
#ifdef cl_khr_subgroups
#pragma OPENCL EXTENSION cl_khr_subgroups : enable
#endif
#ifdef cl_khr_subgroup_shuffle
#pragma OPENCL EXTENSION cl_khr_subgroup_shuffle : enable
#endif
#ifdef cl_intel_required_subgroup_size
#define KF_SUB_GROUP_SIZE __attribute__((intel_reqd_sub_group_size(32)))
#else
#define KF_SUB_GROUP_SIZE
#endif

#define kf_item (int)get_local_id(0)
#define kf_barrier() barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
__kernel __attribute__((reqd_work_group_size(64, 1, 1))) KF_SUB_GROUP_SIZE
void rms_norm(__global uchar* x_p, const long x_o, const int x_e0, const int x_e1, const long x_s0, __global uchar* weight_p, const long weight_o, const int weight_e0, __global uchar* y_p, const long y_o, const int y_e0, const int y_e1, const long y_s0, const float epsilon, __local uchar* scratch)
{
    __global float* x = (__global float*)(x_p + x_o);
    __global float* weight = (__global float*)(weight_p + weight_o);
    __global float* y = (__global float*)(y_p + y_o);
    __local float* partials = (__local float*)scratch;
    // line 7
    const float f_1 = (float)x_e1;
    float partial = 0.0f;
    const int whole = x_e1 & (-8);
    for (int e = (kf_item * 8); e < whole; e += 512)
    {
        const float f_2 = x[(int)get_group_id(0) * x_s0 + e];
        const float f_3 = f_2 * f_2;
        partial = partial + f_3;
        const float f_4 = x[(int)get_group_id(0) * x_s0 + (e + 1)];
        const float f_5 = f_4 * f_4;
        partial = partial + f_5;
        const float f_6 = x[(int)get_group_id(0) * x_s0 + (e + 2)];
        const float f_7 = f_6 * f_6;
        partial = partial + f_7;
        const float f_8 = x[(int)get_group_id(0) * x_s0 + (e + 3)];
        const float f_9 = f_8 * f_8;
        partial = partial + f_9;
        const float f_10 = x[(int)get_group_id(0) * x_s0 + (e + 4)];
        const float f_11 = f_10 * f_10;
        partial = partial + f_11;
        const float f_12 = x[(int)get_group_id(0) * x_s0 + (e + 5)];
        const float f_13 = f_12 * f_12;
        partial = partial + f_13;
        const float f_14 = x[(int)get_group_id(0) * x_s0 + (e + 6)];
        const float f_15 = f_14 * f_14;
        partial = partial + f_15;
        const float f_16 = x[(int)get_group_id(0) * x_s0 + (e + 7)];
        const float f_17 = f_16 * f_16;
        partial = partial + f_17;
    }
    for (int e_1 = (whole + kf_item); e_1 < x_e1; e_1 += 64)
    {
        const float f_18 = x[(int)get_group_id(0) * x_s0 + e_1];
        const float f_19 = f_18 * f_18;
        partial = partial + f_19;
    }
    const float other = sub_group_shuffle_xor(partial, 16u);
    partial = partial + other;
    const float other_1 = sub_group_shuffle_xor(partial, 8u);
    partial = partial + other_1;
    const float other_2 = sub_group_shuffle_xor(partial, 4u);
    partial = partial + other_2;
    const float other_3 = sub_group_shuffle_xor(partial, 2u);
    partial = partial + other_3;
    const float other_4 = sub_group_shuffle_xor(partial, 1u);
    partial = partial + other_4;
    if ((kf_item & 31) == 0)
    {
        partials[kf_item >> 5] = partial;
    }
    kf_barrier();
    const float part = partials[0];
    const float part_1 = partials[1];
    const float part_2 = part + part_1;
    const float f = part_2;
    const float f_20 = f / f_1;
    // line 3
    const float f_21 = f_20 + epsilon;
    const float f_22 = 1.0f / sqrt(f_21);
    const int whole_1 = x_e1 & (-8);
    // line 9
    for (int e_2 = (kf_item * 8); e_2 < whole_1; e_2 += 512)
    {
        const float f_23 = x[(int)get_group_id(0) * x_s0 + e_2];
        const float f_24 = f_23 * f_22;
        const float f_25 = weight[e_2];
        const float f_26 = f_24 * f_25;
        const float f_27 = x[(int)get_group_id(0) * x_s0 + (e_2 + 1)];
        const float f_28 = f_27 * f_22;
        const float f_29 = weight[(e_2 + 1)];
        const float f_30 = f_28 * f_29;
        const float f_31 = x[(int)get_group_id(0) * x_s0 + (e_2 + 2)];
        const float f_32 = f_31 * f_22;
        const float f_33 = weight[(e_2 + 2)];
        const float f_34 = f_32 * f_33;
        const float f_35 = x[(int)get_group_id(0) * x_s0 + (e_2 + 3)];
        const float f_36 = f_35 * f_22;
        const float f_37 = weight[(e_2 + 3)];
        const float f_38 = f_36 * f_37;
        const float f_39 = x[(int)get_group_id(0) * x_s0 + (e_2 + 4)];
        const float f_40 = f_39 * f_22;
        const float f_41 = weight[(e_2 + 4)];
        const float f_42 = f_40 * f_41;
        const float f_43 = x[(int)get_group_id(0) * x_s0 + (e_2 + 5)];
        const float f_44 = f_43 * f_22;
        const float f_45 = weight[(e_2 + 5)];
        const float f_46 = f_44 * f_45;
        const float f_47 = x[(int)get_group_id(0) * x_s0 + (e_2 + 6)];
        const float f_48 = f_47 * f_22;
        const float f_49 = weight[(e_2 + 6)];
        const float f_50 = f_48 * f_49;
        const float f_51 = x[(int)get_group_id(0) * x_s0 + (e_2 + 7)];
        const float f_52 = f_51 * f_22;
        const float f_53 = weight[(e_2 + 7)];
        const float f_54 = f_52 * f_53;
        y[(int)get_group_id(0) * y_s0 + e_2] = f_26;
        y[(int)get_group_id(0) * y_s0 + (e_2 + 1)] = f_30;
        y[(int)get_group_id(0) * y_s0 + (e_2 + 2)] = f_34;
        y[(int)get_group_id(0) * y_s0 + (e_2 + 3)] = f_38;
        y[(int)get_group_id(0) * y_s0 + (e_2 + 4)] = f_42;
        y[(int)get_group_id(0) * y_s0 + (e_2 + 5)] = f_46;
        y[(int)get_group_id(0) * y_s0 + (e_2 + 6)] = f_50;
        y[(int)get_group_id(0) * y_s0 + (e_2 + 7)] = f_54;
    }
    for (int e_3 = (whole_1 + kf_item); e_3 < x_e1; e_3 += 64)
    {
        const float f_55 = x[(int)get_group_id(0) * x_s0 + e_3];
        const float f_56 = f_55 * f_22;
        const float f_57 = weight[e_3];
        const float f_58 = f_56 * f_57;
        y[(int)get_group_id(0) * y_s0 + e_3] = f_58;
    }
}
