<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>Charts</name>
    <message>
        <source>Score against limit</source>
        <translation>得分与限值</translation>
    </message>
    <message>
        <source>Time per stage</source>
        <translation>各阶段用时</translation>
    </message>
    <message>
        <source>ms, half and 95 of 100 parts</source>
        <translation>毫秒，半数与 95% 的零件</translation>
    </message>
</context>
<context>
    <name>Counters</name>
    <message>
        <source>Parts</source>
        <translation>零件</translation>
    </message>
    <message>
        <source>Yield</source>
        <translation>合格率</translation>
    </message>
    <message>
        <source>Parts / min</source>
        <translation>件 / 分</translation>
    </message>
    <message>
        <source>Pass</source>
        <translation>合格</translation>
    </message>
    <message>
        <source>Fail</source>
        <translation>不合格</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>This shift</source>
        <translation>本班次</translation>
    </message>
    <message>
        <source>since {time}</source>
        <translation>自 {time} 起</translation>
    </message>
</context>
<context>
    <name>FailDialog</name>
    <message>
        <source>Fit</source>
        <translation>适应</translation>
    </message>
    <message>
        <source>Heat map</source>
        <translation>热图</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>FailStrip</name>
    <message>
        <source>{count} more came too fast; they are in the results</source>
        <translation>另有 {count} 件来得太快，请看结果表</translation>
    </message>
    <message>
        <source>Last fails</source>
        <translation>近期不合格件</translation>
    </message>
    <message>
        <source>No part has failed yet.</source>
        <translation>尚无不合格件。</translation>
    </message>
</context>
<context>
    <name>Foot</name>
    <message>
        <source>Start</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>Hold to stop</source>
        <translation>长按停止</translation>
    </message>
    <message>
        <source>Press again to stop</source>
        <translation>再按一次停止</translation>
    </message>
    <message>
        <source>Hold for new shift</source>
        <translation>长按开始新班次</translation>
    </message>
    <message>
        <source>Press again to count anew</source>
        <translation>再按一次重新计数</translation>
    </message>
    <message>
        <source>99 of 100 within {time} ms</source>
        <translation>99% 在 {time} 毫秒内</translation>
    </message>
    <message>
        <source>{rate} / s</source>
        <translation>{rate} / 秒</translation>
    </message>
    <message>
        <source>{count} not inspected</source>
        <translation>{count} 件未检测</translation>
    </message>
    <message>
        <source>start the line anew at the next break</source>
        <translation>请在下次停机时重新启动产线</translation>
    </message>
</context>
<context>
    <name>LastFail</name>
    <message>
        <source>Last fail</source>
        <translation>最近不合格件</translation>
    </message>
    <message>
        <source>No part has failed yet.</source>
        <translation>尚无不合格件。</translation>
    </message>
    <message>
        <source>kept until the next</source>
        <translation>保留至下一不合格件</translation>
    </message>
</context>
<context>
    <name>LivePicture</name>
    <message>
        <source>Fit</source>
        <translation>适应</translation>
    </message>
    <message>
        <source>Heat map</source>
        <translation>热图</translation>
    </message>
    <message>
        <source>Larger</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Smaller</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>{rate} / s</source>
        <translation>{rate} / 秒</translation>
    </message>
    <message>
        <source>No picture from “{camera}”. Check the trigger and the light.</source>
        <translation>“{camera}”没有图像。请检查触发和照明。</translation>
    </message>
    <message>
        <source>“{camera}” cannot be reached. Check cable and power; it is looked for.</source>
        <translation>无法连接“{camera}”。请检查线缆和电源；系统正在重新连接。</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Open a station file</source>
        <translation>打开工位文件</translation>
    </message>
    <message>
        <source>Station files (*.toml)</source>
        <translation>工位文件 (*.toml)</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>视觉检测</translation>
    </message>
    <message>
        <source>The line is running</source>
        <translation>产线正在运行</translation>
    </message>
    <message>
        <source>Stop the line and close the window?</source>
        <translation>要停止产线并关闭窗口吗？</translation>
    </message>
    <message>
        <source>Stop and close</source>
        <translation>停止并关闭</translation>
    </message>
    <message>
        <source>Keep running</source>
        <translation>继续运行</translation>
    </message>
</context>
<context>
    <name>Notice</name>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>ResultsModel</name>
    <message>
        <source>{stage} ms</source>
        <translation>{stage} 毫秒</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>零件</translation>
    </message>
    <message>
        <source>Decision</source>
        <translation>判定</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>得分</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Total ms</source>
        <translation>总计 毫秒</translation>
    </message>
</context>
<context>
    <name>ResultsTable</name>
    <message>
        <source>Every part will stand here with its result.</source>
        <translation>每个零件的结果将显示在这里。</translation>
    </message>
</context>
<context>
    <name>RunView</name>
    <message>
        <source>A camera cannot be reached.</source>
        <translation>无法连接相机。</translation>
    </message>
    <message>
        <source>Press Start to begin.</source>
        <translation>按“启动”开始。</translation>
    </message>
</context>
<context>
    <name>StartPage</name>
    <message>
        <source>Which line?</source>
        <translation>选择产线</translation>
    </message>
    <message>
        <source>A station file says which cameras a line has and what it looks for.</source>
        <translation>工位文件说明产线有哪些相机以及检测什么。</translation>
    </message>
    <message>
        <source>Go on with {station}</source>
        <translation>继续使用 {station}</translation>
    </message>
    <message>
        <source>Open a station file</source>
        <translation>打开工位文件</translation>
    </message>
    <message>
        <source>Try the demo</source>
        <translation>试用演示</translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <source>中文</source>
        <comment>the name of the other language, in itself</comment>
        <translation>English</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Stations</source>
        <translation>工位</translation>
    </message>
    <message>
        <source>bundle {id}</source>
        <translation>模型包 {id}</translation>
    </message>
</context>
<context>
    <name>VerdictBanner</name>
    <message>
        <source>score {score} of {limit}</source>
        <translation>得分 {score} / 限值 {limit}</translation>
    </message>
    <message>
        <source>{count} in 10 s</source>
        <translation>10 秒内 {count} 件</translation>
    </message>
</context>
<context>
    <name>actions</name>
    <message>
        <source>Start the line</source>
        <translation>启动产线</translation>
    </message>
    <message>
        <source>Stop the line (press twice)</source>
        <translation>停止产线（按两次）</translation>
    </message>
    <message>
        <source>New shift: count from zero (press twice)</source>
        <translation>新班次：从零计数（按两次）</translation>
    </message>
    <message>
        <source>A part is in place (software trigger)</source>
        <translation>零件已到位（软件触发）</translation>
    </message>
    <message>
        <source>Look at the last fail</source>
        <translation>查看最近不合格件</translation>
    </message>
    <message>
        <source>Show the whole picture</source>
        <translation>显示整幅图像</translation>
    </message>
    <message>
        <source>Picture larger</source>
        <translation>放大图像</translation>
    </message>
    <message>
        <source>Picture smaller</source>
        <translation>缩小图像</translation>
    </message>
    <message>
        <source>Heat map on or off</source>
        <translation>热图开 / 关</translation>
    </message>
    <message>
        <source>Next camera</source>
        <translation>下一个相机</translation>
    </message>
    <message>
        <source>Open a station</source>
        <translation>打开工位</translation>
    </message>
    <message>
        <source>Try the demo</source>
        <translation>试用演示</translation>
    </message>
    <message>
        <source>English / 中文</source>
        <translation>中文 / English</translation>
    </message>
    <message>
        <source>Dark / light</source>
        <translation>深色 / 浅色</translation>
    </message>
    <message>
        <source>Full screen on or off</source>
        <translation>全屏开 / 关</translation>
    </message>
    <message>
        <source>All keys</source>
        <translation>所有按键</translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation>关闭窗口</translation>
    </message>
</context>
<context>
    <name>troubles</name>
    <message>
        <source>The disk is full: every part is rejected. Free some space; the line goes on by itself.</source>
        <translation>磁盘已满：所有零件都被剔除。请腾出空间；产线随后自动继续。</translation>
    </message>
    <message>
        <source>Results cannot be stored: every part is rejected. Check the disk; the line goes on by itself.</source>
        <translation>结果无法保存：所有零件都被剔除。请检查磁盘；产线随后自动继续。</translation>
    </message>
    <message>
        <source>What was changed for this line is not all in force; it goes on with what it had. Have the details looked at.</source>
        <translation>对本产线的更改没有全部生效；产线按原来的设置继续运行。请让人查看详细信息。</translation>
    </message>
    <message>
        <source>“{camera}” cannot be reached. Check cable and power; it is looked for.</source>
        <translation>无法连接“{camera}”。请检查线缆和电源；系统正在重新连接。</translation>
    </message>
    <message>
        <source>The results of earlier parts are damaged. They were set aside, and a new file was begun. Have them looked at.</source>
        <translation>先前零件的结果已损坏。它们已被另存，并新建了一个文件。请让人查看。</translation>
    </message>
    <message>
        <source>The station file cannot be used. Have it corrected, then open it again.</source>
        <translation>工位文件无法使用。请让人更正后再打开。</translation>
    </message>
    <message>
        <source>The recipe cannot be used here. Choose the recipe of this product.</source>
        <translation>此配方不能在这里使用。请选择本产品的配方。</translation>
    </message>
    <message>
        <source>What this line judges with is not what was approved. Have it replaced; nothing is judged until then.</source>
        <translation>本产线的判定依据不是经批准的版本。请让人更换；在此之前不做判定。</translation>
    </message>
    <message>
        <source>This line is open in another window. Close it there, then press Start.</source>
        <translation>此产线已在另一个窗口中打开。请先在那里关闭，再按“启动”。</translation>
    </message>
    <message>
        <source>The line before has not ended, for a camera or the disk does not answer. Close this window, then start it again.</source>
        <translation>上一次运行尚未结束，因为相机或磁盘没有响应。请关闭此窗口，然后重新启动。</translation>
    </message>
    <message>
        <source>What this line needs is not there, or cannot be written. Have the details looked at, then press Start.</source>
        <translation>产线所需的文件缺失或无法写入。请让人查看详情，然后按“启动”。</translation>
    </message>
    <message>
        <source>This computer does not judge as was proven. Do not use it for this line; have the details looked at.</source>
        <translation>这台电脑的判定与验证时不一致。请勿用于本产线，并让人查看详情。</translation>
    </message>
    <message>
        <source>A camera cannot be reached. Check its cable and its power, then press Start.</source>
        <translation>无法连接相机。请检查线缆和电源，再按“启动”。</translation>
    </message>
    <message>
        <source>The disk is full. Free some space, then press Start.</source>
        <translation>磁盘已满。请腾出空间，再按“启动”。</translation>
    </message>
    <message>
        <source>The stored results are damaged. Have the file set aside; a new one is begun then.</source>
        <translation>已存储的结果已损坏。请让人移开该文件，之后会新建一个。</translation>
    </message>
    <message>
        <source>Results cannot be stored. Check the disk, then press Start.</source>
        <translation>无法存储结果。请检查磁盘，再按“启动”。</translation>
    </message>
    <message>
        <source>The line stopped by a fault of the program. Press Start to go on.</source>
        <translation>程序故障导致产线停止。请按“启动”继续。</translation>
    </message>
</context>
<context>
    <name>words</name>
    <message>
        <source>PASS</source>
        <translation>合格</translation>
    </message>
    <message>
        <source>FAIL</source>
        <translation>不合格</translation>
    </message>
    <message>
        <source>ERROR</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>读取</translation>
    </message>
    <message>
        <source>Wait</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>Prepare</source>
        <translation>准备</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>检测</translation>
    </message>
    <message>
        <source>Decide</source>
        <translation>判定</translation>
    </message>
    <message>
        <source>Total</source>
        <translation>总计</translation>
    </message>
    <message>
        <source>Store</source>
        <translation>存储</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>正在启动</translation>
    </message>
    <message>
        <source>Ready, waiting for parts</source>
        <translation>就绪，等待零件</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>Not ready: results cannot be stored</source>
        <translation>未就绪：结果无法保存</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>正在停止</translation>
    </message>
    <message>
        <source>Stopped by a fault</source>
        <translation>因故障停止</translation>
    </message>
    <message>
        <source>Not judged in time</source>
        <translation>未能及时判定</translation>
    </message>
    <message>
        <source>Came too soon after the others</source>
        <translation>来得太快，来不及判定</translation>
    </message>
    <message>
        <source>The camera gave no picture</source>
        <translation>相机没有给出图像</translation>
    </message>
    <message>
        <source>The program ended before it was judged</source>
        <translation>程序在判定前结束</translation>
    </message>
    <message>
        <source>The picture was lost on the way</source>
        <translation>图像在传输中丢失</translation>
    </message>
    <message>
        <source>The picture is damaged</source>
        <translation>图像已损坏</translation>
    </message>
    <message>
        <source>The camera stands still: the same picture again</source>
        <translation>相机静止：图像与前一张完全相同</translation>
    </message>
    <message>
        <source>The camera gives another size than before</source>
        <translation>相机图像尺寸与之前不同</translation>
    </message>
    <message>
        <source>Too little can be seen on the picture</source>
        <translation>图像质量不足，无法判定</translation>
    </message>
    <message>
        <source>Too dark: look at the light and the lens cap</source>
        <translation>图像过暗：请检查光源和镜头盖</translation>
    </message>
    <message>
        <source>Too bright: look at the light</source>
        <translation>图像过亮：请检查光源</translation>
    </message>
    <message>
        <source>Nothing can be seen: look at the lens and the part</source>
        <translation>图像无内容：请检查镜头和零件</translation>
    </message>
    <message>
        <source>Out of focus: look at the lens</source>
        <translation>图像失焦：请检查镜头</translation>
    </message>
    <message>
        <source>The camera gives another size than was learnt</source>
        <translation>相机图像尺寸与训练时不同</translation>
    </message>
    <message>
        <source>The camera was lost</source>
        <translation>相机连接中断</translation>
    </message>
    <message>
        <source>There are no more pictures</source>
        <translation>没有更多图像</translation>
    </message>
    <message>
        <source>The picture has the wrong size</source>
        <translation>图像尺寸不符</translation>
    </message>
    <message>
        <source>The picture could not be judged</source>
        <translation>图像无法判定</translation>
    </message>
    <message>
        <source>A fault of the program</source>
        <translation>程序故障</translation>
    </message>
    <message>
        <source>The disk is full</source>
        <translation>磁盘已满</translation>
    </message>
    <message>
        <source>The result could not be stored</source>
        <translation>结果无法存储</translation>
    </message>
    <message>
        <source>Score {score}, limit {limit}</source>
        <translation>得分 {score}，限值 {limit}</translation>
    </message>
    <message>
        <source>A mark of a kind that is not tolerated</source>
        <translation>有不容许的缺陷类型</translation>
    </message>
    <message>
        <source>Something unusual beside what is tolerated</source>
        <translation>除容许的缺陷外还有异常</translation>
    </message>
    <message>
        <source>{label} covers {area} px², limit {limit} px²</source>
        <translation>{label} 面积 {area} px²，限值 {limit} px²</translation>
    </message>
</context>
</TS>
