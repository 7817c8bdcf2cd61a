from vllm import worker


async def step(prompt):
    return await worker.execute(prompt)
