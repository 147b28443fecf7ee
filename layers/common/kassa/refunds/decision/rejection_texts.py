"""The canned texts for customers, by name and language; nothing is decided here.

`{amount}` is the requested amount with its currency, `{order}` the order it is about.
"""

REJECTIONS: dict[str, dict[str, str]] = {
    "too_late": {
        "en": "We can't refund {amount} for order {order}: the return period is over.",
        "ja": "ご注文 {order} の {amount} は、返品期間を過ぎているため返金いたしかねます。",
        "zh-Hant": "很抱歉，訂單 {order} 已超過退貨期限，無法退款 {amount}。",
        "th": "ขออภัย ไม่สามารถคืนเงิน {amount} สำหรับคำสั่งซื้อ {order} ได้ เนื่องจากเลยกำหนดคืนสินค้าแล้ว",
        "fi": "Emme voi palauttaa summaa {amount} tilauksesta {order}: palautusaika on päättynyt.",
        "ru": "Мы не можем вернуть {amount} по заказу {order}: срок возврата истёк.",
    },
    "not_returned": {
        "en": "We can't refund {amount} for order {order} yet: the goods haven't come back to us."
        " Once they have, please ask again.",
        "ja": "ご注文 {order} の {amount} は、"
        "商品のご返送を確認できていないため返金いたしかねます。"
        "ご返送後に改めてお申し込みください。",
        "zh-Hant": "我們尚未收到訂單 {order} 的退回商品，"
        "目前無法退款 {amount}。商品寄回後請再次申請。",
        "th": "ขออภัย ยังไม่สามารถคืนเงิน {amount} "
        "สำหรับคำสั่งซื้อ {order} ได้ เนื่องจากเรายังไม่ได้รับสินค้าคืน"
        " เมื่อส่งคืนแล้วโปรดติดต่อเราอีกครั้ง",
        "fi": "Emme voi vielä palauttaa summaa {amount} tilauksesta {order}: tuotteet eivät ole"
        " palautuneet meille. Pyydä palautusta uudelleen, kun olet lähettänyt ne.",
        "ru": "Мы пока не можем вернуть {amount} по заказу {order}: товар к нам ещё не поступил."
        " Пожалуйста, обратитесь снова после его возврата.",
    },
    "not_refundable": {
        "en": "We can't refund {amount} for order {order}: these goods can't be returned,"
        " as was said when they were ordered.",
        "ja": "ご注文 {order} の商品は、ご注文時にご案内のとおり返品の対象外のため、"
        "{amount} の返金はいたしかねます。",
        "zh-Hant": "訂單 {order} 的商品於訂購時已註明不接受退貨，因此無法退款 {amount}，敬請見諒。",
        "th": "ขออภัย ไม่สามารถคืนเงิน {amount} สำหรับคำสั่งซื้อ {order} ได้"
        " เนื่องจากสินค้านี้ไม่รับคืนตามที่แจ้งไว้ขณะสั่งซื้อ",
        "fi": "Emme voi palauttaa summaa {amount} tilauksesta {order}: näillä tuotteilla ei ole"
        " palautusoikeutta, kuten tilattaessa kerrottiin.",
        "ru": "Мы не можем вернуть {amount} по заказу {order}: этот товар не подлежит возврату,"
        " о чём сообщалось при заказе.",
    },
    "delivered": {
        "en": "We can't refund {amount} for order {order}: the carrier has confirmed its delivery.",
        "ja": "ご注文 {order} は配送業者より配達完了の確認が取れているため、"
        "{amount} の返金はいたしかねます。",
        "zh-Hant": "物流業者已確認訂單 {order} 送達，因此無法退款 {amount}，敬請見諒。",
        "th": "ขออภัย ไม่สามารถคืนเงิน {amount} สำหรับคำสั่งซื้อ {order} ได้"
        " เนื่องจากบริษัทขนส่งยืนยันว่าจัดส่งสำเร็จแล้ว",
        "fi": "Emme voi palauttaa summaa {amount} tilauksesta {order}: kuljetusyhtiö on vahvistanut"
        " toimituksen.",
        "ru": "Мы не можем вернуть {amount} по заказу {order}: перевозчик подтвердил доставку.",
    },
    "no_fault_found": {
        "en": "We can't refund {amount} for order {order}: we examined the goods"
        " and found no fault.",
        "ja": "ご注文 {order} の商品を確認いたしましたが、不具合が認められなかったため、"
        "{amount} の返金はいたしかねます。",
        "zh-Hant": "我們已檢查訂單 {order} 的商品，未發現瑕疵，因此無法退款 {amount}，敬請見諒。",
        "th": "ขออภัย ไม่สามารถคืนเงิน {amount} สำหรับคำสั่งซื้อ {order} ได้"
        " เนื่องจากตรวจสอบสินค้าแล้วไม่พบข้อบกพร่อง",
        "fi": "Emme voi palauttaa summaa {amount} tilauksesta {order}: tarkastimme tuotteet emmekä"
        " löytäneet vikaa.",
        "ru": "Мы не можем вернуть {amount} по заказу {order}: мы проверили товар и не обнаружили"
        " недостатков.",
    },
    "already_refunded": {
        "en": "We can't refund another {amount} for order {order}: this was refunded before.",
        "ja": "ご注文 {order} については返金済みのため、"
        "重ねて {amount} を返金することはできません。",
        "zh-Hant": "訂單 {order} 的這筆款項先前已退還，因此無法再次退款 {amount}。",
        "th": "ขออภัย ไม่สามารถคืนเงินอีก {amount} สำหรับคำสั่งซื้อ {order} ได้ เนื่องจากได้คืนเงินรายการนี้ไปแล้ว",
        "fi": "Emme voi palauttaa summaa {amount} tilauksesta {order} uudelleen: tämä on jo"
        " palautettu.",
        "ru": "Мы не можем повторно вернуть {amount} по заказу {order}: эти деньги уже были"
        " возвращены.",
    },
    "with_the_bank": {
        "en": "We can't refund {amount} for order {order} ourselves: you have taken the matter to"
        " your bank, which now decides it.",
        "ja": "ご注文 {order} の {amount} については、"
        "お客様のご利用銀行・カード会社で審査中のため、"
        "当店から返金することはできません。",
        "zh-Hant": "您已就訂單 {order} 向銀行提出爭議，"
        "將由銀行裁定，因此我們無法自行退款 {amount}。",
        "th": "ขออภัย เราไม่สามารถคืนเงิน {amount} สำหรับคำสั่งซื้อ {order} ได้เอง"
        " เนื่องจากท่านได้ยื่นเรื่องกับธนาคารและธนาคารเป็นผู้พิจารณา",
        "fi": "Emme voi itse palauttaa summaa {amount} tilauksesta {order}: olet vienyt asian"
        " pankkisi ratkaistavaksi.",
        "ru": "Мы не можем сами вернуть {amount} по заказу {order}: вы обратились в свой банк,"
        " и теперь решение принимает он.",
    },
    "not_entitled": {
        "en": "We have looked into your request and can't refund {amount} for order {order}."
        " If you can tell us more, please write to us.",
        "ja": "ご依頼を確認いたしましたが、ご注文 {order} の {amount} は返金いたしかねます。"
        "ほかにお知らせいただけることがございましたら、ご連絡ください。",
        "zh-Hant": "我們已審核您的申請，"
        "很抱歉無法就訂單 {order} 退款 {amount}。如有補充資訊，請與我們聯絡。",
        "th": "เราได้พิจารณาคำขอของท่านแล้ว "
        "ขออภัยที่ไม่สามารถคืนเงิน {amount} สำหรับคำสั่งซื้อ {order} ได้"
        " หากมีข้อมูลเพิ่มเติมโปรดติดต่อเรา",
        "fi": "Olemme käsitelleet pyyntösi, emmekä voi palauttaa summaa {amount} tilauksesta"
        " {order}. Jos voit kertoa lisää, kirjoita meille.",
        "ru": "Мы рассмотрели ваш запрос и не можем вернуть {amount} по заказу {order}."
        " Если вы можете что-то добавить, напишите нам.",
    },
}

QUESTIONS: dict[str, dict[str, str]] = {
    "photo": {
        "en": "About your refund of {amount} for order {order}: could you send us a photo that"
        " shows what is wrong?",
        "ja": "ご注文 {order} の {amount} の返金について、"
        "不具合の分かる写真をお送りいただけますか。",
        "zh-Hant": "關於訂單 {order} 的退款申請（{amount}），可否請您提供能看出問題的照片？",
        "th": "เกี่ยวกับคำขอคืนเงิน {amount} สำหรับคำสั่งซื้อ {order} โปรดส่งรูปถ่ายที่แสดงให้เห็นปัญหา",
        "fi": "Pyysit palautusta tilauksesta {order} ({amount}). Voisitko lähettää valokuvan, josta"
        " vika näkyy?",
        "ru": "По вашему запросу о возврате {amount} за заказ {order}: пришлите, пожалуйста,"
        " фотографию, на которой видна проблема.",
    },
    "details": {
        "en": "About your refund of {amount} for order {order}: could you tell us more about what"
        " went wrong?",
        "ja": "ご注文 {order} の {amount} の返金について、状況を詳しくお知らせいただけますか。",
        "zh-Hant": "關於訂單 {order} 的退款申請（{amount}），可否請您進一步說明遇到的問題？",
        "th": "เกี่ยวกับคำขอคืนเงิน {amount} สำหรับคำสั่งซื้อ {order} โปรดแจ้งรายละเอียดของปัญหาเพิ่มเติม",
        "fi": "Pyysit palautusta tilauksesta {order} "
        "({amount}). Voisitko kertoa tarkemmin, mikä meni"
        " vikaan?",
        "ru": "По вашему запросу о возврате {amount} за заказ {order}: расскажите, пожалуйста,"
        " подробнее, что произошло.",
    },
    "return_tracking": {
        "en": "About your refund of {amount} for order {order}: could you send us the tracking"
        " number of your return?",
        "ja": "ご注文 {order} の {amount} の返金について、"
        "返送時の追跡番号をお知らせいただけますか。",
        "zh-Hant": "關於訂單 {order} 的退款申請（{amount}），可否請您提供退貨包裹的追蹤編號？",
        "th": "เกี่ยวกับคำขอคืนเงิน {amount} สำหรับคำสั่งซื้อ {order} โปรดแจ้งหมายเลขติดตามพัสดุที่ส่งคืน",
        "fi": "Pyysit palautusta tilauksesta {order} ({amount}). Voisitko lähettää palautuspaketin"
        " seurantatunnuksen?",
        "ru": "По вашему запросу о возврате {amount} за заказ {order}: сообщите, пожалуйста,"
        " трек-номер отправления с возвратом.",
    },
    "parcel": {
        "en": "About your refund of {amount} for order {order}: could you ask at home and among"
        " your neighbours whether someone took the parcel in?",
        "ja": "ご注文 {order} の {amount} の返金について、ご家族やご近所の方がお荷物を"
        "受け取られていないか、ご確認いただけますか。",
        "zh-Hant": "關於訂單 {order} 的退款申請（{amount}），"
        "可否請您確認家人或鄰居是否已代收包裹？",
        "th": "เกี่ยวกับคำขอคืนเงิน {amount} สำหรับคำสั่งซื้อ {order}"
        " โปรดสอบถามคนในบ้านหรือเพื่อนบ้านว่ามีผู้รับพัสดุไว้แทนหรือไม่",
        "fi": "Pyysit palautusta tilauksesta {order} ({amount}). Voisitko kysyä kotona ja"
        " naapureilta, onko joku ottanut paketin vastaan?",
        "ru": "По вашему запросу о возврате {amount} за заказ {order}: уточните, пожалуйста,"
        " у домашних и соседей, не получил ли кто-то посылку за вас.",
    },
    "statement": {
        "en": "About your refund of {amount} for order {order}: could you send us the lines of your"
        " statement that show the charges? Please cover everything else.",
        "ja": "ご注文 {order} の {amount} の返金について、該当するご請求の分かる明細をお送り"
        "いただけますか。それ以外の部分は隠してください。",
        "zh-Hant": "關於訂單 {order} 的退款申請（{amount}），"
        "可否請您提供顯示相關扣款的帳單明細？其餘資料請先遮蓋。",
        "th": "เกี่ยวกับคำขอคืนเงิน {amount} สำหรับคำสั่งซื้อ {order}"
        " โปรดส่งรายการเดินบัญชีส่วนที่แสดงการเรียกเก็บเงิน โดยปิดบังข้อมูลส่วนอื่น",
        "fi": "Pyysit palautusta tilauksesta {order} "
        "({amount}). Voisitko lähettää tiliotteesi rivit,"
        " joilla veloitukset näkyvät? Peitä kaikki muu.",
        "ru": "По вашему запросу о возврате {amount} за заказ {order}: пришлите, пожалуйста, строки"
        " выписки с этими списаниями, закрыв всё остальное.",
    },
}
